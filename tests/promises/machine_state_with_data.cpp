// expect: troupe: a state is an empty struct; what it remembers is the actor's own data
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {};

class door : public troupe::state_machine<door, push> {
 public:
  struct closed {
    int since = 0;
  };
  using states = troupe::states<closed>;
  void when(closed, const push&) {}
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
