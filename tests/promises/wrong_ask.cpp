// expect: troupe: this actor does not accept this message: it is not in its protocol
#include <troupe/ref/ref.hpp>

struct deposit {
  int cents;
};
struct balance {
  using reply = int;
};

void use(const troupe::ref<deposit>& to) { to.ask(balance{}, troupe::seconds{1}).get(); }
