// An adapter that turns what comes into a message that its actor does not understand.
#include <troupe/actor/spawn.hpp>

struct charged {
  int order;
};
struct payment {
  int order;
};
struct delivery {
  int order;
};

class shop : public troupe::actor<payment> {
 public:
  void on_start() {
    bank_ = adapt<charged>([](const charged& m) { return delivery{m.order}; });
  }
  void on(const payment&) {}

 private:
  troupe::ref<charged> bank_;
};

void use(troupe::system& sys) { troupe::spawn<shop>(sys, "shop"); }
