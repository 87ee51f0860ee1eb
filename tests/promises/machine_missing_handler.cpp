// expect: troupe: a state of this machine has no public handler for one of its messages or events
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {};

class door : public troupe::state_machine<door, push> {
 public:
  struct closed {};
  struct open {};
  using states = troupe::states<closed, open>;
  transition<open> when(closed, const push&) { return next_state<open>(); }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
