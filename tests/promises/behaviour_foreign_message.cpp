// expect: troupe: an entry of this behaviour is about what is no message of the actor's protocol
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/behaviour_actor.hpp>

struct push {};
struct pull {};

class door : public troupe::behaviour_actor<push> {
  behaviour make_behaviour() override {
    return {[](const push&) {}, [](const pull&) {}};
  }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
