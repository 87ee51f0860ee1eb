// The runtime derives from an actor's class.
#include <troupe/actor/spawn.hpp>

struct deposit {
  int cents;
};

class account final : public troupe::actor<deposit> {
 public:
  void on(const deposit&) {}
};

void use(troupe::system& sys) { troupe::spawn<account>(sys, "ada"); }
