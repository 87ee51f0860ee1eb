// A piped ask of which something is made that the ref does not take.
#include <troupe/actor/piping.hpp>
#include <troupe/actor/spawn.hpp>

struct get_rate {
  using reply = int;
};
struct refresh {};
struct refreshed {
  troupe::result<int> rate;
};
struct fetched {
  troupe::result<int> rate;
};

class desk : public troupe::actor<refresh, refreshed> {
 public:
  explicit desk(troupe::ref<get_rate> bank) : bank_(std::move(bank)) {}
  void on(const refresh&) {
    pipe(ask<get_rate>(bank_, troupe::seconds{1}), self(),
         [](troupe::result<int> r) { return fetched{std::move(r)}; });
  }
  void on(const refreshed&) {}

 private:
  troupe::ref<get_rate> bank_;
};

void use(troupe::system& sys) { troupe::spawn<desk>(sys, "desk", troupe::ref<get_rate>{}); }
