// A supervised actor whose constructor wants something else.
#include <string>
#include <troupe/tree/supervise.hpp>

struct deposit {
  int cents;
};

class account : public troupe::actor<deposit> {
 public:
  explicit account(std::string owner, int limit) : owner_(std::move(owner)), limit_(limit) {}
  void on(const deposit&) {}

 private:
  std::string owner_;
  int limit_;
};

void use(troupe::system& sys) {
  troupe::supervise(sys, "bank", troupe::one_for_one{}, troupe::child<account>("ada", std::string{"Ada"}));
}
