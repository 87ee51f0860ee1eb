// Who wants to know of the end of a cell.
//
// Rules
//  WL1 Each watcher is told once: he is in the list when it is taken, or finds it over. Whoever takes it tells those in it, and whoever
//      finds it over tells the one that he wanted to add.
//  WL2 The list is its cell's, and whoever ends the cell from outside (kill.cpp) takes it: hence a lock, which nobody holds while
//      anything is sent.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <mutex>
#include <troupe/cell/address.hpp>
#include <troupe/cell/byte_lock.hpp>
#include <utility>

namespace troupe {

/// The watchers of one cell (WL1, WL2). Thread-safe.
class watcher_list {
 public:
  /// Those that were in it.
  using taken = boost::container::small_vector<address_ptr, 1>;

  /// Adds one, if it is not there. False: the list is over (WL1).
  bool add(const address_ptr& one) {
    const std::lock_guard hold{lock_};
    if (over_) return false;
    if (std::find(all_.begin(), all_.end(), one) == all_.end()) all_.push_back(one);
    return true;
  }

  /// Takes one out, if it is there.
  void remove(const address_ptr& one) {
    const std::lock_guard hold{lock_};
    const auto at = std::find(all_.begin(), all_.end(), one);
    if (at != all_.end()) all_.erase(at);
  }

  /// Takes all out; from now on it is over.
  taken take() {
    const std::lock_guard hold{lock_};
    over_ = true;
    return std::exchange(all_, {});
  }

 private:
  taken all_;
  byte_lock lock_;
  bool over_ = false;
};

}  // namespace troupe
