// An adapted message that is answered with another type than the message it becomes.
#include <string>
#include <troupe/actor/spawn.hpp>

struct quote {
  using reply = std::string;
};
struct price {
  using reply = int;
};

class shop : public troupe::actor<price> {
 public:
  void on_start() {
    quotes_ = adapt<quote>([](const quote&) { return price{}; });
  }
  int on(const price&) { return 1; }

 private:
  troupe::ref<quote> quotes_;
};

void use(troupe::system& sys) { troupe::spawn<shop>(sys, "shop"); }
