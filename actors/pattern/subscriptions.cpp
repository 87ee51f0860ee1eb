#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/subscriptions.hpp>

namespace troupe::detail {

bool subscriptions::add(const any_ref& who) {
  const cell_ptr local = who ? who.address()->here() : cell_ptr{};
  if (local && places_.contains(local->number())) return false;
  if (local.get() == &owner_) {  // what it published would go round for ever
    owner_.env().events().log(log_level::error, owner_.path(), "it can't subscribe to itself");
    return false;
  }
  const std::uint64_t number = owner_.watch(who.address());
  if (number == 0) {
    owner_.env().events().log(
        log_level::error, owner_.path(),
        "'" + who.path() + "' can't subscribe: nobody is there, or it can't be watched from here");
    return false;
  }
  if (!places_.emplace(number, all_.size()).second) return false;
  all_.push_back({who, number});
  return true;
}

void subscriptions::remove(const any_ref& who) {
  if (!who) return;
  if (const cell_ptr local = who.address()->here()) {
    if (const auto at = places_.find(local->number()); at != places_.end()) {
      const std::size_t place = at->second;
      owner_.unwatch(who.address(), at->first);
      take_out(place);
    }
  } else {
    // Of a ref to another node number and run are the word of who wrote it; with its seal it is the one that subscribed (R9).
    const std::string token = who.address()->token();
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const one& o) {
      return o.number != 0 && o.who == who && o.who.address()->token() == token;
    });
    if (at == all_.end()) return;
    owner_.unwatch(at->who.address(), at->number);
    take_out(static_cast<std::size_t>(at - all_.begin()));
  }
  tidy();
}

void subscriptions::gone(std::uint64_t number) {
  if (const auto at = places_.find(number); at != places_.end()) take_out(at->second);
  tidy();
}

bool subscriptions::is_slow(std::size_t place, std::uint64_t waiting_max, slow_subscriber slow,
                            const message_type& type) {
  const any_ref who = all_[place].who;
  const std::uint64_t waiting = who.address()->waiting();
  if (waiting <= waiting_max) return false;
  const bool leaves = slow == slow_subscriber::unsubscribe;
  if (leaves) {
    owner_.unwatch(who.address(), all_[place].number);
    take_out(place);
  }
  owner_.env().events().publish({event_kind::dead_letter, owner_.env().now(), who.path(),
                                 std::string{type.name}, std::string{to_string(errc::overloaded)},
                                 (leaves ? "unsubscribed from " : "passed over by ") + owner_.path() + ": " +
                                     std::to_string(waiting) + " messages wait, more than " +
                                     std::to_string(waiting_max) + " (TP5)"});
  return true;
}

void subscriptions::take_out(std::size_t place) {
  places_.erase(all_[place].number);
  all_[place] = {};
}

// Places stay where they are until half of them are empty, so that many who leave at once cost little each.
void subscriptions::tidy() {
  if (all_.size() < 2 * places_.size() + 16) return;
  std::erase_if(all_, [](const one& o) { return o.number == 0; });
  for (std::size_t i = 0; i < all_.size(); ++i) places_[all_[i].number] = i;
}

}  // namespace troupe::detail
