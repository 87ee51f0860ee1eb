// expect: troupe: the handler's return type is not the message's `using reply`
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
