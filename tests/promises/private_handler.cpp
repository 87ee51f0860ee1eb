// Handlers that nobody may call.
#include <troupe/actor/spawn.hpp>

struct deposit {
  int cents;
};

class account : public troupe::actor<deposit> {
  void on(const deposit&) {}
};

void use(troupe::system& sys) { troupe::spawn<account>(sys, "ada"); }
