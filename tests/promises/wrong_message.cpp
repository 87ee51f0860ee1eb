// A message that is not in the protocol.
#include <troupe/ref/ref.hpp>

struct deposit {
  int cents;
};
struct withdraw {
  int cents;
};

void use(const troupe::ref<deposit>& to) { to.tell(withdraw{1}); }
