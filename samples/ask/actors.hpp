// A travel agency: a desk that asks an airline, hotels, a weather station and an insurer; and an embassy across the street.
#pragma once

#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "messages.hpp"

namespace travel {

using namespace std::chrono_literals;

/// Where the parts find each other. A path is found whenever it is used, so the order of their starts does not matter, and what is
/// restarted or started anew is found again (L5).
inline constexpr const char* airline_path = "/user/agency/airline";
inline constexpr const char* hotels_path = "/user/agency/hotels";
inline constexpr const char* weather_path = "/user/agency/weather";
inline constexpr const char* insurer_path = "/user/agency/insurer";
inline constexpr const char* desk_path = "/user/agency/desk";

/// Answers with a value or an error. An error that somebody can act on is a value, not an exception.
class airline : public troupe::actor<fare> {
 public:
  troupe::result<int> on(const fare& m) const {
    const auto found = fares_.find(m.to);
    if (found == fares_.end()) return troupe::error{troupe::errc::not_found, "nobody flies to " + m.to};
    return found->second;
  }

 private:
  const std::map<std::string, int> fares_{{"Lisbon", 120}, {"Reykjavik", 240}, {"Tokyo", 900}};
};

/// Searches for rooms, which takes time, several at once.
class hotels : public troupe::actor<room, given_up, power_cut> {
 public:
  /// Other messages are handled while a search waits.
  using interleaved = troupe::messages<room>;

  troupe::task<int> on(room m) {
    search_guard guard{*this, m.in};
    co_await sleep(m.in == "Tokyo" ? troupe::duration{1h} : 5ms);
    guard.found = true;
    co_return 80;
  }

  /// A promise is an answer that is owed: it is kept, and paid when there is something to tell.
  troupe::promise<troupe::unit> on(const given_up& m) {
    std::erase_if(curious_, [](const auto& c) { return !c.second.is_awaited(); });
    return curious_.emplace_back(m.city, answer_later<troupe::unit>()).second;
  }

  /// Not the fault of those whose searches wait: they hear `restarted`, and may ask again.
  void on(const power_cut&) { throw std::runtime_error{"the lights are out"}; }

 private:
  /// Notes a search that is given up: its coroutine is destroyed where it waits, and its locals with it.
  struct search_guard {
    hotels& self;
    std::string city;
    bool found = false;
    ~search_guard() {
      if (found) return;
      for (const auto& [wanted, owed] : self.curious_)
        if (wanted == city) owed.reply({});
    }
  };

  std::vector<std::pair<std::string, troupe::promise<troupe::unit>>> curious_;
};

/// Fails now and then; its supervisor puts a new one in its place.
class weather : public troupe::actor<forecast> {
 public:
  std::string on(const forecast& m) const {
    if (m.of == "Reykjavik") throw std::runtime_error{"the thermometer has frozen"};
    return "sunny";
  }
};

/// Looks at the papers before it pays, and the desk has these.
class insurer : public troupe::actor<assess> {
 public:
  troupe::task<troupe::result<int>> on(assess m) {
    const auto seen = co_await ask<papers>(desk_, 10s, m.whom);
    if (!seen) co_return seen.error();
    co_return 80;
  }

 private:
  const troupe::ref<papers> desk_ = find<papers>(desk_path);
};

/// Stamps one passport at a time. How many may wait meanwhile is said where it is started.
class embassy : public troupe::actor<visa> {
 public:
  std::string on(const visa& m) const { return "a stamp for " + m.whom; }
};

/// Asks several at once and puts together what comes back.
class desk : public troupe::actor<plan, fare, complaint, refund, papers> {
 public:
  /// A plan that waits for its answers does not keep others from being asked for.
  using interleaved = troupe::messages<plan>;

  troupe::task<troupe::result<trip>> on(plan m) {
    // A request leaves when `ask` is called. The 10 s are the most that is waited: who asked the desk has a deadline of his own, and
    // these asks end with it at the latest (M6).
    auto flight = ask<fare>(airline_, 10s, m.to);
    auto night = ask<room>(hotels_, 10s, m.to);
    auto sky = ask<forecast>(weather_, 10s, m.to);

    const auto costs = co_await flight;
    if (!costs)
      co_return costs.error();  // the other two are not wanted any more: they are given up here (A3)
    const auto bed = co_await night;
    if (!bed) co_return bed.error();
    // A trip without a forecast is a trip.
    const auto seen = co_await sky;
    co_return trip{*costs, *bed, seen ? *seen : "unknown weather: " + to_string(seen.error())};
  }

  /// Not the desk's business: the airline answers the asker itself.
  troupe::delegated<int> on(const fare&) { return forward<fare>(airline_); }

  /// The promise goes where complaints go. Its asker hears `broken_promise` instead of waiting for his deadline.
  troupe::promise<std::string> on(const complaint&) { return answer_later<std::string>(); }

  /// A mistake: the desk waits for the insurer, who asks the desk, which takes no message while it waits. Instead of waiting for each
  /// other one of the two hears `cycle`, at once (M7). If the papers were sent along, or this message was an interleaved one, all would
  /// be well.
  troupe::task<troupe::result<int>> on(refund m) { co_return co_await ask<assess>(insurer_, 10s, m.whom); }
  std::string on(const papers& m) const { return "the papers of " + m.whom; }

 private:
  const troupe::ref<airline> airline_ = find<airline>(airline_path);
  const troupe::ref<hotels> hotels_ = find<hotels>(hotels_path);
  const troupe::ref<weather> weather_ = find<weather>(weather_path);
  const troupe::ref<insurer> insurer_ = find<insurer>(insurer_path);
};

}  // namespace travel
