// The same message twice in one protocol.
#include <troupe/actor/spawn.hpp>

struct deposit {
  int cents;
};
struct balance {
  using reply = int;
};

class account : public troupe::actor<deposit, balance, deposit> {
 public:
  void on(const deposit&) {}
  int on(const balance&) { return 0; }
};

void use(troupe::system& sys) { troupe::spawn<account>(sys, "ada"); }
