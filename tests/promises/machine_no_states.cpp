// expect: troupe: a state machine lists its states, 1 to 1000: using states = troupe::states<...>
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {};

class door : public troupe::state_machine<door, push> {
 public:
  void when(troupe::any_state, const push&) {}
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
