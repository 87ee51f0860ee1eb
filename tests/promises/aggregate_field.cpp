// A field of an ask that is an aggregate with something to destroy.
#include <string>
#include <troupe/actor/spawn.hpp>

struct person {
  std::string name;
};
struct greet {
  person who;
  using reply = bool;
};
struct enter {
  std::string name;
  using reply = bool;
};

class door : public troupe::actor<enter> {
 public:
  explicit door(troupe::ref<greet> host) : host_(std::move(host)) {}
  troupe::task<troupe::result<bool>> on(enter m) {
    co_return co_await ask<greet>(host_, troupe::seconds{1}, person{m.name});
  }

 private:
  troupe::ref<greet> host_;
};

void use(troupe::system& sys) { troupe::spawn<door>(sys, "door", troupe::ref<greet>{}); }
