// A lambda that captures something with a destructor, where g++ 12 might destroy it twice.
#include <string>
#include <troupe/actor/spawn.hpp>

struct charged {
  int order;
};
struct payment {
  std::string text;
};

class shop : public troupe::actor<payment> {
 public:
  void on_start() {
    const std::string text = "charged";
    bank_ = adapt<charged>([text](const charged&) { return payment{text}; });
  }
  void on(const payment&) {}

 private:
  troupe::ref<charged> bank_;
};

void use(troupe::system& sys) { troupe::spawn<shop>(sys, "shop"); }
