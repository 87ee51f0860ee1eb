#include <troupe/base/check.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>

namespace troupe {

extras_slot::~extras_slot() { delete get(); }

extras* extras_slot::made_unless_sealed() {
  extras_front* x = at_.load(std::memory_order_acquire);
  if (x) return x == sealed() ? nullptr : static_cast<extras*>(x);
  auto fresh = std::make_unique<extras>();
  if (at_.compare_exchange_strong(x, fresh.get(), std::memory_order_acq_rel, std::memory_order_acquire))
    return fresh.release();
  return x == sealed() ? nullptr : static_cast<extras*>(x);
}

extras& extras_slot::made() {
  if (extras* const x = made_unless_sealed()) return *x;
  // Sealed: only the owner comes here, and only it seals, so nobody else changes the slot now.
  auto fresh = std::make_unique<extras>();
  fresh->family.close(true);
  at_.store(fresh.get(), std::memory_order_release);
  return *fresh.release();
}

extras_front& extras_slot::made_front() { return made(); }

void extras_slot::close_family(bool yes) {
  extras_front* x = yes ? nullptr : sealed();
  if (at_.compare_exchange_strong(x, yes ? sealed() : nullptr, std::memory_order_acq_rel,
                                  std::memory_order_acquire))
    return;
  if (x && x != sealed()) static_cast<extras*>(x)->family.close(yes);  // else it was so already
}

body_display* cell::shown() const noexcept {
  const extras* const x = extras_.get();
  return x ? x->shown.load(std::memory_order_acquire) : nullptr;
}

void cell::show(std::unique_ptr<body_display> what) {
  auto& at = extras_.made().shown;
  check(at.load(std::memory_order_relaxed) == nullptr, "what a body shows is set once");
  at.store(what.release(), std::memory_order_release);
}

}  // namespace troupe
