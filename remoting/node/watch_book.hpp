// Which actors of one peer are watched from here, and by whom (R3).
//
// Rules
//  WB1 A watch has a number of this system, which its `terminated` carries. Whoever takes it out of the book tells its watcher, or has
//      been told not to: so he hears once.
//  WB2 One that is made while the peer can't be reached waits here, and is told to the peer when it is up. Of one who watches the same
//      actor twice there is one watch.
//
// Guarded by its owner's lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <troupe/cell/address.hpp>
#include <troupe/wire/frame.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::detail {

/// One watch.
struct far_watch {
  std::uint64_t id;
  address_ptr watcher;
  address_ptr who;    ///< the watched actor
  std::string name;   ///< as frames have it (peer_link.hpp)
  std::uint64_t run;  ///< of the peer, where the actor is of one; 0: any
  wire::lane in;      ///< that messages to the actor travel in
  bool told = false;  ///< whether the peer knows of it
};

/// See above.
class watch_book {
 public:
  /// The watch of that watcher on that actor; null: there is none.
  const far_watch* find(const address& watcher, const std::string& name, std::uint64_t run) const {
    const auto at = by_who_.find({&watcher, name, run});
    return at == by_who_.end() ? nullptr : &by_id_.at(at->second);
  }

  /// REQUIRES: it is not there.
  far_watch& add(far_watch one) {
    by_who_.emplace(key_of(one), one.id);
    return by_id_.emplace(one.id, std::move(one)).first->second;
  }

  /// Takes one out; none when it is not there.
  std::optional<far_watch> take(std::uint64_t id) {
    const auto at = by_id_.find(id);
    if (at == by_id_.end()) return {};
    far_watch one = std::move(at->second);
    by_who_.erase(key_of(one));
    by_id_.erase(at);
    return one;
  }

  /// Takes all out, in the order in which they were made (D1).
  std::vector<far_watch> take_all() {
    std::vector<far_watch> out;
    for (auto& [id, one] : by_id_) out.push_back(std::move(one));
    by_id_.clear();
    by_who_.clear();
    return out;
  }

  /// Those that the peer does not know of, in that order.
  std::vector<std::uint64_t> untold() const {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, one] : by_id_)
      if (!one.told) ids.push_back(id);
    return ids;
  }

  /// That watch. REQUIRES: it is there.
  far_watch& at(std::uint64_t id) { return by_id_.at(id); }

 private:
  using key = std::tuple<const address*, std::string, std::uint64_t>;
  static key key_of(const far_watch& one) { return {one.watcher.get(), one.name, one.run}; }

  std::map<std::uint64_t, far_watch> by_id_;
  std::map<key, std::uint64_t> by_who_;  // to look up, never walked: the order is that of addresses
};

}  // namespace troupe::detail
