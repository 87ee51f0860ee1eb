// A supervised actor is made anew from copies of its arguments, and this one can't be copied.
#include <memory>
#include <troupe/tree/supervise.hpp>

struct deposit {
  int cents;
};

class account : public troupe::actor<deposit> {
 public:
  explicit account(std::unique_ptr<int> limit) : limit_(std::move(limit)) {}
  void on(const deposit&) {}

 private:
  std::unique_ptr<int> limit_;
};

void use(troupe::system& sys) {
  troupe::supervise(sys, "bank", troupe::one_for_one{},
                    troupe::child<account>("ada", std::make_unique<int>(100)));
}
