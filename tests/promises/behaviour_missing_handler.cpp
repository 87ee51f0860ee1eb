// expect: troupe: this behaviour has no handler for a message of the protocol
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/behaviour_actor.hpp>

struct push {};
struct pull {};

class door : public troupe::behaviour_actor<push, pull> {
  behaviour make_behaviour() override {
    return {[](const push&) {}};
  }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
