// An ask whose fields make no message.
#include <string>
#include <troupe/actor/spawn.hpp>

struct check_name {
  std::string name;
  using reply = bool;
};
struct enter {
  int number = 0;
  using reply = bool;
};

class door : public troupe::actor<enter> {
 public:
  explicit door(troupe::ref<check_name> guard) : guard_(std::move(guard)) {}
  troupe::task<troupe::result<bool>> on(enter m) {
    co_return co_await ask<check_name>(guard_, troupe::seconds{1}, m.number);
  }

 private:
  troupe::ref<check_name> guard_;
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door", troupe::ref<check_name>{}); }
