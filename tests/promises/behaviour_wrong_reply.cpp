// expect: troupe: the handler's return type is not the message's `using reply`
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/machine/behaviour_actor.hpp>

struct push {
  using reply = bool;
};

class door : public troupe::behaviour_actor<push> {
  behaviour make_behaviour() override {
    return {[](const push&) { return std::string{}; }};
  }
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door"); }
