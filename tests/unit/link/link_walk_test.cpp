// Random walks: a transport and a peer that do anything at any time, and what must hold after every step.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "link_world.hpp"

namespace link_walk_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;

namespace {

class walker {
 public:
  explicit walker(std::uint64_t seed) : random_(seed), link_(jittered(), seed, now_) {}

  void step() {
    now_ += duration{random_.below(8) == 0 ? random_.below(3'000'000'000) : random_.below(200'000'000)};
    if (random_.below(4) > 0) now_ = std::max(before_, std::min(now_, wake_at_));
    before_ = now_;
    apply(pick());
  }

  bool was_up() const { return ups_ > 0; }
  link_phase phase() const { return link_.phase(); }

 private:
  static link_settings jittered() {
    link_settings s = settings();
    s.redial.jitter = 0.3;
    s.redial_refused.jitter = 0.3;
    s.detector.acceptable_pause = milliseconds{500};  // so that now the detector decides and now the limit
    return s;
  }

  std::uint64_t some_attempt() {
    const std::uint64_t last = link_.attempt();
    return random_.below(4) > 0 || last == 0 ? last : random_.below(last) + 1;
  }

  wire::welcome some_welcome() {
    wire::welcome out = welcome(random_.below(3) + 20, random_.below(2) + 1);
    out.heartbeat_interval = duration{random_.below(1'000'000'000)};
    if (random_.below(8) == 0) out.node = random_.below(2) ? "n1" : "n3";
    if (random_.below(16) == 0) out.version = 5;
    return out;
  }

  link_event::any pick() {
    const std::uint64_t attempt = some_attempt();
    switch (random_.below(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return outcome_of_dial();
      case 4:
      case 5:
        return link_event::welcomed{attempt, some_welcome(), random_.below(8) != 0};
      case 6:
        return link_event::rejected{attempt, {.text = random_.below(2) ? "no" : "never"}};
      case 7:
        return link_event::pinged{attempt, random_.next()};
      case 8:
        return link_event::ponged{attempt, random_.below(10)};
      case 9:
        return link_event::said_goodbye{attempt, "bye"};
      case 10:
      case 11:
        return link_event::heard{attempt};
      case 12:
        return link_event::sent{attempt};
      case 13:
        return link_event::stream_ended{attempt, "reset"};
      case 14:
        return link_event::incarnation_seen{random_.below(4) + 20, random_.below(2) + 1};
      case 15:
        return link_event::start{};
      case 16:
        if (random_.below(100) == 0) return link_event::stop{};
        [[fallthrough]];
      case 17:
        if (random_.below(4) == 0) return link_event::give_up{"enough"};
        return link_event::unheard{};
      default:
        return link_event::tick{};
    }
  }

  // Every dial comes to one end, sooner or later.
  link_event::any outcome_of_dial() {
    if (dials_.empty()) return link_event::tick{};
    const auto at = dials_.begin() + static_cast<std::ptrdiff_t>(random_.below(dials_.size()));
    const std::uint64_t attempt = *at;
    dials_.erase(at);
    if (random_.below(3) == 0) return link_event::connect_failed{attempt, "refused", random_.below(2) == 0};
    open_.insert(attempt);
    return link_event::connected{attempt};
  }

  void apply(const link_event::any& event) {
    const link_phase before = link_.phase();
    const std::uint64_t attempt_before = link_.attempt();
    if (std::holds_alternative<link_event::tick>(event))
      wake_at_ = never;  // the one timer there is has fired
    const bool declared_before = link_.is_declared_down();
    int declared = 0;
    const std::uint64_t epoch_before = link_.epoch();
    int fails = 0;
    bool dialled = false;
    for (const auto& effect : link_.on_event(now_, event)) {
      CAPTURE(describe(effect, now_));
      if (const auto* dial = std::get_if<link_effect::dial>(&effect)) {
        REQUIRE(dial->attempt > attempt_before);
        REQUIRE(open_.empty());
        dials_.push_back(dial->attempt);
        dialled = true;
      } else if (const auto* close = std::get_if<link_effect::close_stream>(&effect)) {
        REQUIRE(open_.erase(close->attempt) == 1);
      } else if (std::holds_alternative<link_effect::fail_pending>(effect)) {
        ++fails;
      } else if (std::holds_alternative<link_effect::peer_up>(effect)) {
        REQUIRE_FALSE(up_);
        up_ = true;
        ++ups_;
      } else if (std::holds_alternative<link_effect::peer_unreachable>(effect)) {
        up_ = false;
      } else if (std::holds_alternative<link_effect::declare_down>(effect)) {
        REQUIRE_FALSE(declared_before);  // K9: once, until it shows itself again
        ++declared;
      } else if (const auto* wake = std::get_if<link_effect::wake_at>(&effect)) {
        REQUIRE(wake->at > now_);
        wake_at_ = wake->at;
      } else {
        REQUIRE(open_.count(link_.attempt()) == 1);  // something to be sent
      }
    }
    if (wake_at_ <= now_) wake_at_ = never;

    REQUIRE(link_.epoch() - epoch_before <= 1);
    REQUIRE(declared <= 1);
    REQUIRE((link_.epoch() == epoch_before || declared == 1));  // K10
    const link_phase after = link_.phase();
    const bool active_before = before != link_phase::down && before != link_phase::closed;
    const bool given_up = active_before && (after == link_phase::down || dialled);
    const bool stopped = before != link_phase::closed && after == link_phase::closed;
    REQUIRE(fails == (given_up || stopped ? 1 : 0));
    REQUIRE(open_.size() <= 1);
    const bool has_stream = after == link_phase::handshaking || after == link_phase::up;
    REQUIRE(open_.size() == (has_stream ? 1u : 0u));
    REQUIRE(up_ == (after == link_phase::up));
    if (up_) REQUIRE(link_.reason().empty());
    if (given_up || stopped) REQUIRE_FALSE(link_.reason().empty());
    const bool waits = has_stream || (after == link_phase::down && link_.attempt() > 0);
    if (waits) REQUIRE(wake_at_ != never);
    REQUIRE(link_.since() <= now_);
    if (up_) REQUIRE(link_.suspect(now_).silent < link_.suspect(now_).limit);  // K5, K6
  }

  prng random_;
  time_point now_ = time_point{1h};
  time_point before_ = now_;
  time_point wake_at_ = never;
  link_state link_;
  std::vector<std::uint64_t> dials_;  // under way
  std::set<std::uint64_t> open_;      // connected and not closed
  bool up_ = false;
  int ups_ = 0;
};

}  // namespace

TEST_CASE("K1-K5, K9, K10: whatever happens in whatever order, a link keeps its rules") {
  int ups = 0;
  int closed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    walker w{seed};
    for (int i = 0; i < 1000; ++i) w.step();
    ups += w.was_up();
    closed += w.phase() == link_phase::closed;
  }
  CHECK(ups > 50);
  CHECK(closed > 5);
  CHECK(closed < 95);
}

}  // namespace link_walk_test
