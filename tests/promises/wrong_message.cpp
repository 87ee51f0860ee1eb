// expect: troupe: this actor does not accept this message: it is not in its protocol
#include <troupe/ref/ref.hpp>

struct deposit {
  int cents;
};
struct withdraw {
  int cents;
};

void use(const troupe::ref<deposit>& to) { to.tell(withdraw{1}); }
