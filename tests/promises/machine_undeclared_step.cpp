// expect: troupe: this handler's return type does not name the state it goes to
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {};

class door : public troupe::state_machine<door, push> {
 public:
  struct closed {};
  struct open {};
  struct broken {};
  using states = troupe::states<closed, open, broken>;
  transition<open> when(troupe::any_state, const push&) { return next_state<broken>(); }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
