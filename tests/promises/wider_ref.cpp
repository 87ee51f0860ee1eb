// expect: troupe: a ref converts only to a ref whose messages are all in its own protocol
#include <troupe/ref/ref.hpp>

struct deposit {
  int cents;
};
struct balance {
  using reply = int;
};

troupe::ref<deposit, balance> use(const troupe::ref<deposit>& narrow) { return narrow; }
