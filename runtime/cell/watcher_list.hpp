// Who wants to know of the end of a cell.
//
// Rules
//  WL1 Each watcher is told once: he is in the list when it is taken, or finds it over. Whoever takes it tells those in it, and whoever
//      finds it over tells the one that he wanted to add.
//  WL3 To add one and to take one out costs the same however many there are: an actor that many watch is not slow for that.
//  WL2 The list is its cell's, and whoever ends the cell from outside (kill.cpp) takes it: hence a lock, which nobody holds while
//      anything is sent.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
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
    if (place_of(*one) != all_.size()) return true;
    all_.push_back(one);
    if (places_) places_->emplace(one.get(), all_.size() - 1);
    if (!places_ && all_.size() == few_max) {
      places_ = std::make_unique<places>();
      for (std::size_t i = 0; i < all_.size(); ++i) places_->emplace(all_[i].get(), i);
    }
    return true;
  }

  /// Takes one out, if it is there.
  void remove(const address_ptr& one) {
    const std::lock_guard hold{lock_};
    const std::size_t place = place_of(*one);
    if (place == all_.size()) return;
    // The last one takes its place, so who is told when is up to the order of additions and removals alone (D1).
    if (places_) {
      places_->erase(one.get());
      if (place + 1 != all_.size()) (*places_)[all_.back().get()] = place;
    }
    std::swap(all_[place], all_.back());
    all_.pop_back();
  }

  /// Takes all out; from now on it is over.
  taken take() {
    const std::lock_guard hold{lock_};
    over_ = true;
    places_ = nullptr;
    return std::exchange(all_, {});
  }

 private:
  using places = boost::unordered_flat_map<const address*, std::size_t>;
  static constexpr std::size_t few_max = 16;

  std::size_t place_of(const address& one) const {
    if (places_) {
      const auto at = places_->find(&one);
      return at == places_->end() ? all_.size() : at->second;
    }
    std::size_t i = 0;
    while (i < all_.size() && all_[i].get() != &one) ++i;
    return i;
  }

  taken all_;
  std::unique_ptr<places> places_;  // where each is, once there are many; never walked
  byte_lock lock_;
  bool over_ = false;
};

}  // namespace troupe
