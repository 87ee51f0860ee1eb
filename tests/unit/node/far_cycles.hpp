// Actors on several nodes that ask along a route that the test lays out, for cycles of asks (M7, far_probe.hpp).
#pragma once

#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace far_cycles {

using namespace std::chrono_literals;

/// Longer than any test lets pass.
inline constexpr auto very_long = 1000h;

struct leg;
/// Goes along the rest of the route; while it waits nothing else is handled.
struct walk {
  std::vector<leg> route;
  using reply = std::string;
};
/// The same, and others are let in.
struct visit {
  std::vector<leg> route;
  using reply = std::string;
};
/// Has the next one of the route answer.
struct hand_on {
  std::vector<leg> route;
  using reply = std::string;
};

/// How one gets to the next station.
enum class by : std::uint8_t {
  walking,
  visiting,
  handing_on,
  late,     ///< walking, but it is awaited a while after it was asked
  hastily,  ///< walking, for a few milliseconds at most
};

/// A station of a route.
struct leg {
  by how = by::walking;
  troupe::ref<walk, visit, hand_on> to;
};
TROUPE_CONTRACT(leg, "far.leg", 1, how, to)
TROUPE_CONTRACT(walk, "far.walk", 1, route)
TROUPE_CONTRACT(visit, "far.visit", 1, route)
TROUPE_CONTRACT(hand_on, "far.hand_on", 1, route)

/// Answers with the names of those who came after it, or with the error that one of them met.
class peer : public troupe::actor<walk, visit, hand_on> {
 public:
  using interleaved = troupe::messages<visit>;
  explicit peer(std::string name) : name_(std::move(name)) {}

  troupe::task<std::string> on(walk m) { co_return co_await along(m.route); }
  troupe::task<std::string> on(visit m) { co_return co_await along(m.route); }
  troupe::delegated<std::string> on(const hand_on& m) {
    return delegate<walk>(m.route.front().to, std::vector<leg>(m.route.begin() + 1, m.route.end()));
  }

 private:
  troupe::task<std::string> along(const std::vector<leg>& route) {
    if (route.empty()) co_return name_;
    const leg next = route.front();
    const std::vector<leg> rest(route.begin() + 1, route.end());
    troupe::result<std::string> what = std::string{};
    switch (next.how) {
      case by::walking:
        what = co_await ask<walk>(next.to, very_long, rest);
        break;
      case by::visiting:
        what = co_await ask<visit>(next.to, very_long, rest);
        break;
      case by::handing_on:
        what = co_await ask<hand_on>(next.to, very_long, rest);
        break;
      case by::late: {
        auto asked = ask<walk>(next.to, very_long, rest);
        co_await sleep(50ms);
        what = co_await asked;
        break;
      }
      case by::hastily:
        what = co_await ask<walk>(next.to, 3ms, rest);
        break;
    }
    if (what) co_return name_ + " " + *what;
    co_return name_ + " met " + std::string{to_string(what.error().code)} + " at " + what.error().path +
        ": " + what.error().text;
  }

  const std::string name_;
};

/// Whoever can be asked along a route.
using any_peer = decltype(leg::to);

/// `WHO waits for WHOM (MESSAGE)`, with their nodes.
template <class M>
std::string waits(const std::string& who, const std::string& whom) {
  return who + " waits for " + whom + " (" + std::string{troupe::message_type_of<M>.name} + ")";
}
/// The error text that begins with these waits.
inline std::string text_of(const std::vector<std::string>& all) {
  std::string out = "the ask would wait for itself: ";
  for (std::size_t i = 0; i < all.size(); ++i) out += (i ? ", " : "") + all[i];
  return out;
}

}  // namespace far_cycles
