// A message of the protocol that has no handler.
#include <troupe/actor/spawn.hpp>

struct deposit {
  int cents;
};
struct balance {
  using reply = int;
};

class account : public troupe::actor<deposit, balance> {
 public:
  void on(const deposit&) {}
};

void use(troupe::system& sys) { troupe::spawn<account>(sys, "ada"); }
