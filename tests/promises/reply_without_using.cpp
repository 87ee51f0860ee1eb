// A handler that answers a message which has no reply.
#include <troupe/actor/spawn.hpp>

struct balance {};

class account : public troupe::actor<balance> {
 public:
  int on(const balance&) { return 0; }
};

void use(troupe::system& sys) { troupe::spawn<account>(sys, "ada"); }
