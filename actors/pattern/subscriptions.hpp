// Who wants to be told: a list of watched refs in the order they came, as a topic keeps it.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <troupe/engine/message_type.hpp>
#include <troupe/ref/ref.hpp>
#include <vector>

namespace troupe::detail {

/// What becomes of a subscriber with too many messages waiting.
enum class slow_subscriber : std::uint8_t {
  unsubscribe,  ///< it is told nothing any more
  skip,         ///< it misses this message
};

/// The subscribers of one actor. In its turns only.
class subscriptions {
 public:
  /// Of the actor in `owner`, which hands on what `on_terminated` tells it.
  explicit subscriptions(cell& owner) noexcept : owner_(owner) {}

  /// Adds and watches it. False when it is there already, or can't be watched from here, which is logged.
  bool add(const any_ref& who);
  /// Takes it out, if it is there.
  void remove(const any_ref& who);
  /// Takes out the one that has stopped.
  void gone(std::uint64_t number);
  /// How many there are.
  std::size_t size() const noexcept { return places_.size(); }
  /// How many places it has, with those that are empty: less than twice as many, and 16.
  std::size_t places() const noexcept { return all_.size(); }

  /// Calls `send(ref)` for each in turn. For one with more than `waiting_max` (0: any number) messages waiting the message, a `type`, is
  /// a dead letter instead, and `slow` says what becomes of it.
  template <class Send>
  void each(std::uint64_t waiting_max, slow_subscriber slow, const message_type& type, Send send) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].number == 0) continue;
      if (waiting_max != 0 && is_slow(i, waiting_max, slow, type)) continue;
      send(all_[i].who);
    }
    tidy();
  }

 private:
  struct one {
    any_ref who;
    std::uint64_t number;  // 0: taken out
  };

  bool is_slow(std::size_t place, std::uint64_t waiting_max, slow_subscriber slow, const message_type& type);
  void take_out(std::size_t place);
  void tidy();

  cell& owner_;
  std::vector<one> all_;                                          // in the order they came (D1)
  boost::unordered_flat_map<std::uint64_t, std::size_t> places_;  // by number
};

}  // namespace troupe::detail
