// The requests that came on one connection and have not been answered.
//
// Rules
//  OQ1 Everything is guarded by the connection's lock. What is taken out is settled after the lock is released: that may end a handler.
//  OQ2 A request is answered while it is open, and never after: who takes it out decides what becomes of it. So of an answer and a
//      cancel that come at the same time one counts.
//  OQ3 They are kept by their numbers, in order (D1). Nothing is allocated for it: the slot has room for its place.
#pragma once

#include <boost/intrusive/set.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/cell/resolver.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <vector>

namespace troupe::detail {

class inbound;

/// A request of a peer: its outcome goes back over the connection it came on.
class remote_request final
    : public engine::reply_slot,
      public boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::safe_link>> {
 public:
  /// `reply` is the type that is expected back, `number` the peer's.
  remote_request(const message_type& reply, inbound& from, std::uint64_t number);
  ~remote_request() override;

  /// The number it has on its connection.
  std::uint64_t number() const noexcept { return number_; }
  /// The node that asks, as it has proved to be. Thread-safe.
  std::string peer() const;
  /// What that node may have of what it names; null once its session is over. Thread-safe.
  std::shared_ptr<const ref_guest> guest() const;

 private:
  void settled() noexcept override;

  const boost::intrusive_ptr<inbound> from_;
  const std::uint64_t number_;
};

/// A shared one.
using remote_request_ptr = boost::intrusive_ptr<remote_request>;

/// See above (OQ1-OQ3).
class open_requests {
 public:
  open_requests() = default;
  open_requests(const open_requests&) = delete;
  open_requests& operator=(const open_requests&) = delete;
  ~open_requests() { take_all(); }

  /// It is open from now on. False: that number is already.
  bool add(const remote_request_ptr& one);
  /// The one with that number, which stays open; null when it is not.
  remote_request_ptr find(std::uint64_t number);
  /// Takes that number out; null when it is not open.
  remote_request_ptr take(std::uint64_t number);
  /// Takes `one` out. False when it is not open.
  bool take(remote_request& one);
  /// Takes out all whose deadline is over by `now`, in the order of their numbers.
  std::vector<remote_request_ptr> take_over_time(time_point now);
  /// Takes all out, in that order.
  std::vector<remote_request_ptr> take_all();
  /// How many are open.
  std::size_t count() const noexcept { return all_.size(); }

 private:
  struct number_of {
    using type = std::uint64_t;
    type operator()(const remote_request& r) const noexcept { return r.number(); }
  };
  using set = boost::intrusive::set<remote_request, boost::intrusive::key_of_value<number_of>>;

  template <class Which>
  std::vector<remote_request_ptr> take_if(Which which);
  remote_request_ptr take(set::iterator at);

  set all_;  // each owns a reference
};

}  // namespace troupe::detail
