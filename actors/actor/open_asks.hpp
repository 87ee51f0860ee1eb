// The asks of one actor that are under way, by deadline. They share one timer: an ask that is answered in time costs the
// wheel nothing.
//
// Rules
//  OA1 Used in the actor's turns only. An ask is on the list from `add` until it is answered, given up or overdue.
//  OA2 One timer is armed for the earliest deadline or an earlier one that is no longer there; when it fires, what is
//      overdue fails with `timeout` (M5) and it is armed for the next.
#pragma once

#include <boost/intrusive/set.hpp>
#include <cstddef>
#include <troupe/actor/listed_slot.hpp>
#include <troupe/cell/cell_timer.hpp>

namespace troupe::detail {

/// The list (OA1, OA2).
class open_asks {
 public:
  open_asks() = default;
  open_asks(const open_asks&) = delete;
  open_asks& operator=(const open_asks&) = delete;
  ~open_asks();

  /// How many there are.
  std::size_t size() const noexcept { return by_deadline_.size(); }

  /// Calls `f(slot)` for each, the earliest deadline first, until it returns false.
  template <class F>
  void each(F f) const {
    for (const listed_slot& s : by_deadline_)
      if (!f(s)) return;
  }

  /// Watches over `slot`, whose deadline is set, for `owner`.
  void add(cell& owner, listed_slot& slot);

 private:
  struct by_deadline {
    using type = time_point;
    const time_point& operator()(const listed_slot& s) const noexcept { return s.deadline; }
  };
  using list = boost::intrusive::multiset<
      listed_slot,
      boost::intrusive::member_hook<listed_slot, decltype(listed_slot::hook_), &listed_slot::hook_>,
      boost::intrusive::key_of_value<by_deadline>, boost::intrusive::constant_time_size<false>>;

  void arm(cell& owner);
  void ring(cell& owner);

  list by_deadline_;
  cell_timer_ptr timer_;
  time_point armed_for_ = never;
};

}  // namespace troupe::detail
