// An ask for what is not in the protocol.
#include <troupe/ref/ref.hpp>

struct deposit {
  int cents;
};
struct balance {
  using reply = int;
};

void use(const troupe::ref<deposit>& to) { to.ask(balance{}, troupe::seconds{1}).get(); }
