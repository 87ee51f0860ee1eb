// What is going to happen and when: arrivals of bytes, faults, the end of a wait.
//
// Rules
//  EL1 What is due first comes first; what is due at the same moment in the order in which it was put here (D1).
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <troupe/base/units.hpp>
#include <utility>
#include <vector>

namespace troupe::sim {

/// A list of things to do, by time (EL1).
class event_list {
 public:
  using deed = std::function<void()>;

  /// Has `what` done at `when`.
  void put(time_point when, deed what) {
    heap_.push_back({when, next_++, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), later{});
  }

  /// When the next thing is due; `never` when there is none.
  time_point next_due() const noexcept { return heap_.empty() ? never : heap_.front().when; }

  /// Takes out the next thing. REQUIRES: there is one.
  deed take() {
    std::pop_heap(heap_.begin(), heap_.end(), later{});
    deed what = std::move(heap_.back().what);
    heap_.pop_back();
    return what;
  }

 private:
  struct entry {
    time_point when;
    std::uint64_t number;
    deed what;
  };
  struct later {
    bool operator()(const entry& a, const entry& b) const noexcept {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };

  std::vector<entry> heap_;  // the first to come is its front
  std::uint64_t next_ = 0;
};

}  // namespace troupe::sim
