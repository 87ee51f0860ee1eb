// expect: troupe: this message has a reply: add .reply(value), .fail(error), .later(promise) or .postpone()
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {
  using reply = bool;
};

class door : public troupe::state_machine<door, push> {
 public:
  struct closed {};
  struct open {};
  using states = troupe::states<closed, open>;
  replying<bool, open> when(troupe::any_state, const push&) { return next_state<open>(); }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
