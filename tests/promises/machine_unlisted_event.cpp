// expect: troupe: this machine has no such event: list it in `using events = troupe::messages<...>`
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {};
struct tick {};

class door : public troupe::state_machine<door, push> {
 public:
  struct closed {};
  using states = troupe::states<closed>;
  transition<> when(closed, const push&) { return keep_state().next_event(tick{}); }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
