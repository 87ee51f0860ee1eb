#include "locks.hpp"

namespace replay {

troupe::result<lease> locks::on(const borrow& m) {
  if (!holder_.empty() && now() < until_)
    return troupe::error{troupe::errc::overloaded, holder_ + " has the account"};
  holder_ = m.who;
  until_ = now() + lasts_;
  return lease{++last_, troupe::duration_cast<troupe::milliseconds>(lasts_).count()};
}

void locks::on(const bring_back& m) {
  if (m.number == last_) holder_.clear();
}

}  // namespace replay
