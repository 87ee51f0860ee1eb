// A handler that returns something else than its message's reply.
#include <string>
#include <troupe/actor/spawn.hpp>

struct balance {
  using reply = int;
};

class account : public troupe::actor<balance> {
 public:
  std::string on(const balance&) { return "much"; }
};

void use(troupe::system& sys) { troupe::spawn<account>(sys, "ada"); }
