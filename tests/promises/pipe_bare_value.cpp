// A piped task whose outcome is taken for its value.
#include <troupe/actor/piping.hpp>
#include <troupe/actor/spawn.hpp>

struct refresh {};
struct refreshed {
  int rate;
};

class desk : public troupe::actor<refresh, refreshed> {
 public:
  void on(const refresh&) {
    pipe(find_rate(), self(), [](int rate) { return refreshed{rate}; });
  }
  void on(const refreshed&) {}

 private:
  static troupe::task<int> find_rate() { co_return 1; }
};

void use(troupe::system& sys) { troupe::spawn<desk>(sys, "desk"); }
