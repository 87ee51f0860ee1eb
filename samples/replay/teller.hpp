// A teller: pays in a cent, again and again. To add is to read and then to write, so he borrows the account for it.
#pragma once

#include "messages.hpp"

namespace replay {

/// What tellers were promised, all together: each cent whose write was answered.
struct promises {
  std::int64_t cents = 0;
  bool over = false;  ///< they shall go home
};

struct nothing {};  // a teller is asked nothing: he works by himself

class teller : public troupe::actor<nothing> {
 public:
  teller(std::string name, troupe::ref<borrow, bring_back> from, troupe::ref<look, write> to,
         std::shared_ptr<promises> noted)
      : name_(std::move(name)),
        locks_(std::move(from)),
        account_(std::move(to)),
        promises_(std::move(noted)) {}

  void on_start() { launch(work()); }
  void on(const nothing&) {}

 private:
  troupe::task<void> work();
  troupe::task<void> pay_in(lease mine, troupe::time_point until);

  const std::string name_;
  const troupe::ref<borrow, bring_back> locks_;
  const troupe::ref<look, write> account_;
  const std::shared_ptr<promises> promises_;
};

}  // namespace replay
