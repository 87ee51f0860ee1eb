// An adapter for two messages whose function takes one.
#include <string>
#include <troupe/actor/spawn.hpp>

struct charged {
  int order;
};
struct refused {
  std::string why;
};
struct payment {
  int order;
};

class shop : public troupe::actor<payment> {
 public:
  void on_start() {
    bank_ = adapt<charged, refused>([](const charged& m) { return payment{m.order}; });
  }
  void on(const payment&) {}

 private:
  troupe::ref<charged, refused> bank_;
};

void use(troupe::system& sys) { troupe::spawn<shop>(sys, "shop"); }
