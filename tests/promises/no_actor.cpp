// What is started is no actor.
#include <troupe/actor/spawn.hpp>

struct no_actor {
  using protocol = troupe::messages<>;
};

auto use(troupe::environment& env) { return troupe::props_with<no_actor>(env, {}, nullptr); }
