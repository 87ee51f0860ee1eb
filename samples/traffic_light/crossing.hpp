// A pedestrian crossing as a state machine. See README.md.
#pragma once

#include <cstdio>
#include <map>
#include <troupe/machine/state_machine.hpp>
#include <utility>
#include <vector>

#include "messages.hpp"

namespace street {

class crossing
    : public troupe::state_machine<crossing, button, dusk, dawn, lamp_failed, repaired, until, flashes> {
 public:
  struct day {};
  struct cars_go : day {};        // at least so long
  struct cars_may_stop : day {};  // until somebody comes
  struct amber : day {};
  struct people_go : day {};
  struct people_clear : day {};
  struct red_amber : day {};
  struct flashing {};
  struct night : flashing {};
  struct fault : flashing {};
  using states = troupe::states<day, cars_go, cars_may_stop, amber, people_go, people_clear, red_amber,
                                flashing, night, fault>;

  /// `second` is as long as a second of the street: real ones are long for a sample.
  explicit crossing(troupe::duration second) : second_(second) {}

  // ---- by day: the timeouts are the programme
  actions enter(cars_go) { return keep_state().state_timeout(6 * second_); }
  transition<cars_may_stop> when(cars_go, troupe::state_timeout) { return next_state<cars_may_stop>(); }
  // Who comes early is heard when cars have had their time; so is who comes too late for this round.
  replying<std::string> when(day, const button&) { return postpone(); }

  replying<std::string, amber> when(cars_may_stop, const button&) {
    return next_state<amber>().later(waiting_.emplace_back(answer_later<std::string>()));
  }
  actions enter(amber) { return keep_state().state_timeout(2 * second_); }
  auto when(amber, const button&) { return waiting_.emplace_back(answer_later<std::string>()); }
  transition<people_go> when(amber, troupe::state_timeout) { return next_state<people_go>(); }

  actions enter(people_go) {
    for (auto& one : std::exchange(waiting_, {})) one.reply("walk");
    return keep_state().state_timeout(5 * second_);
  }
  std::string when(people_go, const button&) { return "walk, quickly"; }
  transition<people_clear> when(people_go, troupe::state_timeout) { return next_state<people_clear>(); }
  actions enter(people_clear) { return keep_state().state_timeout(3 * second_); }
  transition<red_amber> when(people_clear, troupe::state_timeout) { return next_state<red_amber>(); }
  actions enter(red_amber) { return keep_state().state_timeout(1 * second_); }
  transition<cars_go> when(red_amber, troupe::state_timeout) { return next_state<cars_go>(); }

  // The night begins when nobody is on the street.
  transition<> when(day, const dusk&) { return postpone(); }
  transition<night> when(cars_may_stop, const dusk&) { return next_state<night>(); }

  // ---- at night, and broken
  actions enter(flashing) {
    flashed_ = 0;
    return keep_state().state_timeout(second_);  // of `flashing`: night and fault share it
  }
  transition<> when(flashing, troupe::state_timeout) {
    const auto reached = flash_waiters_.find(++flashed_);
    if (reached != flash_waiters_.end()) flash_waiters_.extract(reached).mapped().reply(flashed_);
    return keep_state().state_timeout(second_);
  }
  troupe::promise<int> when(flashing, const flashes& m) {
    return flash_waiters_[flashed_ + m.times] = answer_later<int>();
  }
  replying<int> when(day, const flashes&) { return postpone(); }

  std::string when(night, const button&) { return "look left and right"; }
  transition<day> when(night, const dawn&) { return next_state<day>(); }
  void when(troupe::any_state, const dusk&) {}
  void when(troupe::any_state, const dawn&) {}

  void enter(fault) {
    for (auto& one : std::exchange(waiting_, {}))
      one.fail({troupe::errc::cancelled, "the " + lamp_ + " lamp is broken"});
  }
  transition<fault> when(troupe::any_state, const lamp_failed& m) {
    lamp_ = m.lamp;
    return next_state<fault>();
  }
  void when(fault, const lamp_failed&) {}
  replying<std::string> when(fault, const button&) {
    return keep_state().fail({troupe::errc::closed, "out of order"});
  }
  replying<int, day> when(fault, const repaired&) { return next_state<day>().reply(flashed_); }
  int when(troupe::any_state, const repaired&) { return 0; }

  // ---- for those who look on
  troupe::promise<bool> when(troupe::any_state, const until& m) {
    auto there = answer_later<bool>();
    if (state_name() == m.state)
      there.reply(true);
    else
      lookers_[m.state].push_back(there);
    return there;
  }
  void on_transition(const troupe::state_change& c) {
    std::printf("  %-13s -> %-13s by %s\n", std::string{c.from.empty() ? "(off)" : c.from}.c_str(),
                std::string{c.to}.c_str(), std::string{c.by.empty() ? "the start" : c.by}.c_str());
    for (auto& one : std::exchange(lookers_[std::string{c.to}], {})) one.reply(true);
  }

 private:
  const troupe::duration second_;
  std::vector<troupe::promise<std::string>> waiting_;
  std::map<int, troupe::promise<int>> flash_waiters_;
  std::map<std::string, std::vector<troupe::promise<bool>>> lookers_;
  int flashed_ = 0;
  std::string lamp_;
};

}  // namespace street
