// A ref that is to become one of a wider protocol.
#include <troupe/ref/ref.hpp>

struct deposit {
  int cents;
};
struct balance {
  using reply = int;
};

troupe::ref<deposit, balance> use(const troupe::ref<deposit>& narrow) { return narrow; }
