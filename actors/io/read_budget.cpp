#include <troupe/io/read_budget.hpp>
#include <utility>

namespace troupe::io {

budget_lease::~budget_lease() {
  if (bytes_ == 0) return;
  from_->give_back(bytes_);
  if (lent_) from_->repaid();
}

bool read_budget::take(std::size_t bytes) {
  const std::lock_guard hold{mutex_};
  if (!waiters_.empty() || free_ < static_cast<std::int64_t>(bytes)) return false;
  free_ -= static_cast<std::int64_t>(bytes);
  return true;
}

// Takes those out whose turn it is. REQUIRES: the lock is held.
std::vector<read_budget::waiter> read_budget::next_served() {
  std::vector<waiter> out;
  const auto serve_first = [&](std::size_t bytes) {
    free_ -= static_cast<std::int64_t>(bytes);
    out.push_back(std::move(waiters_.begin()->second));
    out.back().bytes = bytes;
    waiters_.erase(waiters_.begin());
  };
  while (!waiters_.empty() && static_cast<std::int64_t>(waiters_.begin()->second.bytes) <= free_)
    serve_first(waiters_.begin()->second.bytes);
  if (waiters_.empty()) {
    if (free_ >= static_cast<std::int64_t>(loan_)) lending_ = false;
  } else if (lending_ && !lent_) {
    lent_ = true;
    serve_first(loan_);
    out.back().lent = budget_lease::loan;
  }
  return out;
}

void read_budget::hand_out(std::vector<waiter> served) {
  for (auto& w : served) w.then(std::make_shared<budget_lease>(shared_from_this(), w.bytes, w.lent));
}

void read_budget::give_back(std::size_t bytes) {
  std::unique_lock hold{mutex_};
  free_ += static_cast<std::int64_t>(bytes);
  auto served = next_served();
  hold.unlock();
  hand_out(std::move(served));
}

void read_budget::wait(std::uint64_t who, std::uint64_t place, std::size_t bytes, lease_handler then) {
  std::unique_lock hold{mutex_};
  waiters_.emplace(place, waiter{who, bytes, std::move(then)});
  auto served = next_served();  // some may have come back since the caller's `take`
  hold.unlock();
  hand_out(std::move(served));
}

void read_budget::join(std::uint64_t who, std::function<void()> told) {
  const std::lock_guard hold{mutex_};
  joined_.insert_or_assign(who, std::move(told));
}

void read_budget::leave(std::uint64_t who) {
  std::unique_lock hold{mutex_};
  joined_.erase(who);
  std::erase_if(waiters_, [who](const auto& w) { return w.second.who == who; });
  auto served = next_served();  // a smaller wish may have stood behind its own
  hold.unlock();
  hand_out(std::move(served));
}

void read_budget::press(time_point now, duration gap) {
  std::vector<std::function<void()>> told;
  {
    const std::lock_guard hold{mutex_};
    if (pressed_at_ && now - *pressed_at_ < gap) return;
    pressed_at_ = now;
    told.reserve(joined_.size());
    for (const auto& [who, f] : joined_) told.push_back(f);
  }
  for (const auto& f : told) f();
}

void read_budget::lend(std::size_t bytes) {
  std::unique_lock hold{mutex_};
  lending_ = true;
  loan_ = bytes;
  auto served = next_served();
  hold.unlock();
  hand_out(std::move(served));
}

void read_budget::repaid() {
  std::unique_lock hold{mutex_};
  lent_ = false;
  auto served = next_served();
  hold.unlock();
  hand_out(std::move(served));
}

std::int64_t read_budget::free_bytes() const {
  const std::lock_guard hold{mutex_};
  return free_;
}

}  // namespace troupe::io
