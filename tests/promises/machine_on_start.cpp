// expect: troupe: a state machine starts with `init` instead of `on_start` (MA5)
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/state_machine.hpp>

struct push {};

class door : public troupe::state_machine<door, push> {
 public:
  struct closed {};
  using states = troupe::states<closed>;
  void on_start() {}
  void when(closed, const push&) {}
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
