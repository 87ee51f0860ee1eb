#include <troupe/cell/offers.hpp>

namespace troupe {

offers::~offers() { static_cast<void>(close()); }

bool offers::add(const offer_ptr& one) {
  const std::lock_guard hold{mutex_};
  if (closed_) return false;
  intrusive_ptr_add_ref(one.get());
  list_.push_back(*one);
  waiting_.store(list_.size(), std::memory_order_relaxed);
  return true;
}

offer_ptr offers::unlisted_first() noexcept {
  offer_ptr first{&list_.front(), false};  // takes the list's reference over
  list_.pop_front();
  waiting_.store(list_.size(), std::memory_order_relaxed);
  return first;
}

void offers::withdraw(offer_under_way& one) noexcept {
  offer_ptr gone;  // its message is destroyed without the lock
  const std::lock_guard hold{mutex_};
  if (!one.is_linked()) return;
  gone = offer_ptr{&one, false};
  list_.erase(list_.iterator_to(one));
  waiting_.store(list_.size(), std::memory_order_relaxed);
}

std::vector<offer_ptr> offers::close() {
  std::vector<offer_ptr> out;
  const std::lock_guard hold{mutex_};
  closed_ = true;
  while (!list_.empty()) out.push_back(unlisted_first());
  return out;
}

}  // namespace troupe
