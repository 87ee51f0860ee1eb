// The table: seats the guests, counts their meals, notices when nobody eats any more.
#pragma once

#include "philosopher.hpp"

namespace dining {

/// What makes a dinner.
struct menu {
  int guests = 5;
  int meals = 100;  ///< for each
  manners how = {};
  troupe::duration patience = std::chrono::seconds{2};  ///< so long without a meal is a deadlock
};

class table : public troupe::actor<dine, ate> {
 public:
  explicit table(menu what) : menu_(what) {}

  troupe::promise<dinner> on(const dine&);
  void on(const ate& m);
  void on_receive_timeout() override;
  void on_terminated(const troupe::terminated& news) override;

 private:
  std::vector<fork> forks_for(int seat) const;
  troupe::task<void> ask_around();
  troupe::task<void> see_off();

  const menu menu_;
  std::vector<troupe::ref<philosopher>> seats_;
  troupe::promise<dinner> owed_;
  dinner so_far_;
  int full_ = 0;
};

}  // namespace dining
