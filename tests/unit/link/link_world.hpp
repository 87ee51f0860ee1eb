// What the tests of the link share: a link with round numbers and no jitter, and effects as words.
#pragma once

#include <string>
#include <troupe/link/link_state.hpp>
#include <utility>

namespace troupe::link_world {

/// Two-letter names, no jitter: every wait is exact. Lost: 20 ms, 40 ms ... 1 s. Refused: 5 s, 10 s ... 1
/// min. Silence: 2 s, whatever the detector thinks.
inline link_settings settings() {
  link_settings s;
  s.self = {.name = "n1",
            .incarnation = 11,
            .capabilities = 6,
            .heartbeat_interval = std::chrono::milliseconds{500}};
  s.peer = "n2";
  s.heartbeat_limit = std::chrono::seconds{2};
  s.redial.jitter = 0;
  s.redial_refused.jitter = 0;
  return s;
}

/// What the right peer answers.
inline wire::welcome welcome(std::uint64_t incarnation = 22, std::uint64_t epoch = 1) {
  return {.capabilities = 3,
          .node = "n2",
          .incarnation = incarnation,
          .heartbeat_interval = std::chrono::milliseconds{500},
          .epoch = epoch};
}

/// One effect as a word or two; times are relative to `now`.
inline std::string describe(const link_effect::any& effect, time_point now) {
  struct words {
    time_point now;
    std::string operator()(const link_effect::dial& e) const { return "dial#" + std::to_string(e.attempt); }
    std::string operator()(const link_effect::send_hello&) const { return "hello"; }
    std::string operator()(const link_effect::send_ping& e) const {
      return "ping:" + std::to_string(e.number);
    }
    std::string operator()(const link_effect::send_pong& e) const {
      return "pong:" + std::to_string(e.number);
    }
    std::string operator()(const link_effect::send_goodbye&) const { return "goodbye"; }
    std::string operator()(const link_effect::close_stream& e) const {
      return "close#" + std::to_string(e.attempt);
    }
    std::string operator()(const link_effect::fail_pending&) const { return "fail"; }
    std::string operator()(const link_effect::peer_up& e) const {
      return "up:" + std::to_string(e.incarnation) + (e.new_incarnation ? "new" : "");
    }
    std::string operator()(const link_effect::peer_unreachable&) const { return "unreachable"; }
    std::string operator()(const link_effect::declare_down& e) const {
      return "DOWN" + (e.who ? ":" + std::to_string(e.who->incarnation) : std::string{});
    }
    std::string operator()(const link_effect::wake_at& e) const {
      return "wake+" + std::to_string(duration_cast<milliseconds>(e.at - now).count());
    }
  };
  return std::visit(words{now}, effect);
}

/// A link with a clock of its own. Every call says what came of it: "close#1 fail unreachable wake+20 -> down".
class world {
 public:
  explicit world(link_settings s = settings(), std::uint64_t seed = 1) : link(std::move(s), seed, now) {}

  /// Lets `event` happen now.
  std::string happens(const link_event::any& event) {
    std::string out;
    for (const auto& effect : effects = link.on_event(now, event)) {
      if (const auto* wake = std::get_if<link_effect::wake_at>(&effect)) wake_at = wake->at;
      out += describe(effect, now) + " ";
    }
    return out + "-> " + std::string{to_string(link.phase())};
  }

  /// Lets time pass with ticks where they were asked for. Says what came of all of them.
  std::string passes(duration d) {
    const time_point end = now + d;
    std::string out;
    while (wake_at <= end) {
      now = std::exchange(wake_at, never);
      out += happens(link_event::tick{}) + "; ";
    }
    now = end;
    return out;
  }

  /// Dials, connects and is welcomed.
  void come_up(std::uint64_t incarnation = 22) {
    if (link.phase() == link_phase::down) happens(link_event::start{});
    happens(link_event::connected{link.attempt()});
    happens(link_event::welcomed{link.attempt(), welcome(incarnation)});
  }

  time_point now = time_point{std::chrono::seconds{100}};
  time_point wake_at = never;
  link_state link;
  link_effects effects;
};

}  // namespace troupe::link_world
