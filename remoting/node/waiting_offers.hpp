// Offers to actors of a peer that wait here, since too much waits in their lane already (M8, peer_link.hpp PL14).
//
// Rules
//  WO1 They leave in the order they were made. While any waits, or is on its way out, nothing that is offered or told in its lane overtakes it: room that is
//      made belongs to those who wait (OF1).
//  WO2 They are not counted, as in a mailbox here: an offer has its sender wait, so there are as many as there are senders, or as these make without
//      waiting (OG1).
//
// Not thread-safe: guarded by the link's lock.
#pragma once

#include <cstddef>
#include <deque>
#include <troupe/cell/address.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/node/remote_target.hpp>
#include <utility>
#include <vector>

namespace troupe::detail {

/// An offer that waits.
struct waiting_offer {
  engine::envelope_ptr what;
  address_ptr by;  ///< has the two below
  const remote_target* to;
  target_routes* routes;
  std::size_t bytes;  ///< of its payload
};

/// See above.
class waiting_offers {
 public:
  /// Adds one behind the others.
  void add(waiting_offer one) { all_.push_back(std::move(one)); }
  /// Whether nothing may overtake (WO1).
  bool any() const noexcept { return leaving_ || !all_.empty(); }
  /// Whether some may leave: none are on their way out.
  bool may_leave() const noexcept { return !leaving_ && !all_.empty(); }

  /// The next, as many as `room` bytes are for, one at least. Until `left` they are on their way out. REQUIRES: `may_leave`.
  std::vector<waiting_offer> next(std::size_t room) {
    std::vector<waiting_offer> out;
    std::size_t bytes = 0;
    do {
      bytes += all_.front().bytes;
      out.push_back(std::move(all_.front()));
      all_.pop_front();
    } while (!all_.empty() && all_.front().bytes <= room && bytes <= room - all_.front().bytes);
    leaving_ = true;
    return out;
  }
  /// Those have left.
  void left() noexcept { leaving_ = false; }

  /// Takes out those whose sender has given up: nobody tells of it.
  std::vector<waiting_offer> take_given_up() {
    std::vector<waiting_offer> out;
    std::erase_if(all_, [&out](waiting_offer& one) {
      if (!one.what->reply->is_settled()) return false;
      out.push_back(std::move(one));
      return true;
    });
    return out;
  }

  /// Takes out all that wait.
  std::vector<waiting_offer> take_all() {
    std::vector<waiting_offer> out{std::make_move_iterator(all_.begin()),
                                   std::make_move_iterator(all_.end())};
    all_.clear();
    return out;
  }

 private:
  std::deque<waiting_offer> all_;
  bool leaving_ = false;
};

}  // namespace troupe::detail
