// A transport and a peer that do anything at any time, and what must hold after every step (K1-K6, K9-K12): for random walks and for the fuzzer.
#pragma once

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "unit/link/link_world.hpp"

namespace troupe::link_world {

/// A link to which something happens at each step. `Choices` has `below(n)`, a number in [0, n), and `next()`, any number; `Must` is called
/// with whether what has to hold does, and the line here that says what that is.
template <class Choices, class Must>
class walker {
 public:
  /// `seed` is the link's own.
  walker(Choices choices, Must must, std::uint64_t seed)
      : random_(std::move(choices)), must_(std::move(must)), link_(jittered(), seed, now_) {}

  /// Where the choices come from.
  Choices& choices() noexcept { return random_; }

  /// Something happens.
  void step() {
    now_ += duration{random_.below(8) == 0 ? random_.below(3'000'000'000) : random_.below(200'000'000)};
    if (random_.below(4) > 0) now_ = std::max(before_, std::min(now_, wake_at_));
    before_ = now_;
    apply(pick());
  }

  /// Whether the peer has ever been up.
  bool was_up() const { return ups_ > 0; }
  /// Where the link is.
  link_phase phase() const { return link_.phase(); }

 private:
  static link_settings jittered() {
    link_settings s = settings();
    s.redial.jitter = 0.3;
    s.redial_refused.jitter = 0.3;
    s.dial_turn = [](time_point now) { return after(now, milliseconds{30}); };
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
    if (random_.below(16) == 0) out.version = wire::version + 1;
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
      case 18:
        if (random_.below(8) == 0) return link_event::introduced{"n9"};
        return link_event::wanted{};
      case 16:
        if (random_.below(100) == 0) return link_event::stop{};
        [[fallthrough]];
      case 17:
        if (random_.below(4) == 0) return link_event::give_up{"enough"};
        if (random_.below(8) == 0) return link_event::forget{"no more"};
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
    const bool declared_before = link_.is_declared_down(), wanted_before = link_.is_wanted();
    int declared = 0;
    const std::uint64_t epoch_before = link_.epoch();
    int fails = 0;
    bool dialled = false;
    for (const auto& effect : link_.on_event(now_, event)) {
      if (const auto* dial = std::get_if<link_effect::dial>(&effect)) {
        must(dial->attempt > attempt_before);
        must(open_.empty());
        dials_.push_back(dial->attempt);
        dialled = true;
      } else if (const auto* close = std::get_if<link_effect::close_stream>(&effect)) {
        must(open_.erase(close->attempt) == 1);
      } else if (std::holds_alternative<link_effect::fail_pending>(effect)) {
        ++fails;
      } else if (std::holds_alternative<link_effect::peer_up>(effect)) {
        must(!up_);
        up_ = true;
        ++ups_;
      } else if (std::holds_alternative<link_effect::peer_unreachable>(effect)) {
        up_ = false;
      } else if (std::holds_alternative<link_effect::declare_down>(effect)) {
        must(!declared_before);  // K9: once, until it shows itself again
        ++declared;
      } else if (const auto* wake = std::get_if<link_effect::wake_at>(&effect)) {
        must(wake->at > now_);
        wake_at_ = wake->at;
      } else {
        must(open_.count(link_.attempt()) == 1);  // something to be sent
      }
    }
    if (wake_at_ <= now_) wake_at_ = never;

    must(link_.epoch() - epoch_before <= 1);
    must(declared <= 1);
    must(link_.epoch() == epoch_before || declared == 1);  // K10
    const link_phase after = link_.phase();
    const bool active_before = before != link_phase::down && before != link_phase::closed;
    // Also an attempt that began in the very moment in which the peer's time was over (K13).
    const bool given_up =
        (active_before && (after == link_phase::down || dialled)) || (dialled && after == link_phase::down);
    const bool stopped = before != link_phase::closed && after == link_phase::closed;
    const bool not_wanted_any_more = wanted_before && before == link_phase::down && !link_.is_wanted() &&
                                     after == link_phase::down;  // K12: its turn had not come yet
    must(fails == (given_up || stopped || not_wanted_any_more ? 1 : 0));
    must(!link_.is_wanted() || (!link_.is_declared_down() && !up_ && link_.settings().when_wanted));
    must(open_.size() <= 1);
    const bool has_stream = after == link_phase::handshaking || after == link_phase::up;
    must(open_.size() == (has_stream ? 1u : 0u));
    must(up_ == (after == link_phase::up));
    if (up_) must(link_.reason().empty());
    if (given_up || stopped) must(!link_.reason().empty());
    const bool is_forgotten = link_.is_declared_down() && link_.settings().only_known_by_its_hello;
    const bool waits = has_stream || (after == link_phase::down && link_.attempt() > 0 && !is_forgotten);
    if (waits || (link_.is_wanted() && after == link_phase::down)) must(wake_at_ != never);
    must(link_.since() <= now_);
    must(!link_.is_awaited() ||
         (!up_ && after != link_phase::closed && (after != link_phase::down || link_.is_wanted())));  // K13
    if (up_) must(link_.suspect(now_).silent < link_.suspect(now_).limit);  // K5, K6
  }

  void must(bool holds, int line = __builtin_LINE()) const { must_(holds, line); }

  Choices random_;
  Must must_;
  time_point now_ = time_point{hours{1}};
  time_point before_ = now_;
  time_point wake_at_ = never;
  link_state link_;
  std::vector<std::uint64_t> dials_;  // under way
  std::set<std::uint64_t> open_;      // connected and not closed
  bool up_ = false;
  int ups_ = 0;
};

}  // namespace troupe::link_world
