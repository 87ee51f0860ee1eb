// backoff_reconnect: a client of a server that comes and goes. See README.md.
#include <algorithm>

#include "feed.hpp"
#include "server.hpp"
#include "witness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace market;

constexpr auto patience = 5min;

troupe::config_schema schema() {
  troupe::config_schema s{"RECONNECT"};
  s.duration("feed.wait_min").def(50ms).range(1ms, 1min).help("before the first restart");
  s.duration("feed.wait_max").def(400ms).range(1ms, 1min).help("before the later ones, at most");
  s.duration("feed.quiet").def(300ms).range(1ms, 1min).help("without a failure for so long, it starts over");
  s.integer("feed.failures_max")
      .def(0)
      .range(0, 100)
      .help("in a row, past which its supervisor fails; 0: no limit");
  s.integer("server.outage")
      .def(4)
      .range(1, 20)
      .help("the server is switched on again after so many failures");
  return s;
}

/// One feed of a server, and what is done to the server.
class scene {
 public:
  scene(const troupe::config& c,
        troupe::child_builder (*policy)(troupe::child_builder, const troupe::config&))
      : sys_(c),
        peer_(sys_),
        seen_(troupe::spawn<witness>(sys_, "witness")),
        news_(sys_, "/user/trading/feed", seen_),
        tree_(troupe::supervise(
            sys_, "trading",
            troupe::one_for_one{.intensity = 0},  // its waits are its own: nothing is left to count
            policy(troupe::child<feed>("feed", peer_.at(), troupe::ref<happened>{seen_}), c))),
        quotes_(tree_.ref<quote>("feed")) {
    tree_.when_ended([to = seen_](const troupe::exit_reason& why) {
      if (why.kind == troupe::exit_kind::failed)
        to.tell(happened{"  its supervisor has ended: " + why.why.text, news::the_end});
    });
  }

  void say(const std::string& text) { seen_.tell(happened{text}); }
  server& peer() { return peer_; }
  bool failed_so_often(std::size_t times) { return seen_.ask(until{times}, patience).get().has_value(); }
  void quiet_for(troupe::duration d) {
    troupe::spawn<metronome>(sys_, "metronome").ask(let_pass{d}, patience).get().value();
  }

  /// Asks now, and is answered when the feed serves.
  auto ask(const char* symbol) { return quotes_.ask(quote{symbol}, patience); }
  bool answered(const char* symbol, troupe::future<int> to_come) {
    const auto price = to_come.get();
    say(price ? "you:  " + std::string{symbol} + " costs " + std::to_string(*price)
              : "you:  no price for " + std::string{symbol} + ": " + to_string(price.error()));
    return price.has_value();
  }
  /// The waits that were decided on, `50 ms 100 ms`; `at once` where there was none.
  std::string waits() {
    std::string out;
    for (const auto& line : seen_.ask(until{0}, patience).get().value()) {
      const std::string_view wait = "restarting it in ";
      const auto from = line.find(wait);
      if (from == std::string::npos)
        out += line.find("not restarted") == std::string::npos ? ", at once" : ", never";
      else
        out += ", " + line.substr(from + wait.size(), line.find(" ms") + 3 - from - wait.size());
    }
    return out.substr(2);
  }

 private:
  troupe::system sys_;
  server peer_;
  troupe::ref<witness> seen_;
  reporting news_;
  troupe::supervision tree_;
  troupe::ref<quote> quotes_;
};

/// What the waits of a backoff must be: `outage` failures one after the other, a quiet time, one more.
std::string doubled(const troupe::config& c) {
  std::string out;
  const auto add = [&out](troupe::duration d) {
    out += std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()) + " ms, ";
  };
  auto wait = c.get_duration("feed.wait_min");
  for (auto i = c.get_int("server.outage"); i > 0; --i) {
    add(wait);
    wait = std::min(2 * wait, c.get_duration("feed.wait_max"));
  }
  add(c.get_duration("feed.wait_min"));
  return out.substr(0, out.size() - 2);
}

bool with_backoff(const troupe::config& c) {
  std::puts("== backoff: each wait is longer than the one before, until it has been quiet");
  scene s{c, [](troupe::child_builder b, const troupe::config& from) {
            return std::move(b).backoff({.min = from.get_duration("feed.wait_min"),
                                         .max = from.get_duration("feed.wait_max"),
                                         .jitter = 0.0,  // a figure to read; a service keeps some
                                         .reset_after = from.get_duration("feed.quiet")},
                                        static_cast<std::uint32_t>(from.get_int("feed.failures_max")));
          }};
  const auto outage = static_cast<std::size_t>(c.get_int("server.outage"));
  bool right = s.answered("TEA", s.ask("TEA"));
  s.say("the server is switched off");
  s.peer().off();
  right &= s.failed_so_often(1);
  s.say("you:  ask for two prices, which wait in the feed's mailbox");
  auto milk = s.ask("MILK"), salt = s.ask("SALT");
  right &= s.failed_so_often(outage);
  s.say("the server is switched on");
  s.peer().on();
  right &= s.answered("MILK", std::move(milk));
  right &= s.answered("SALT", std::move(salt));
  s.say("nothing happens for a while");
  s.quiet_for(c.get_duration("feed.quiet") + 100ms);
  s.say("the server is switched off, and on");
  s.peer().off();
  right &= s.failed_so_often(outage + 1);
  s.peer().on();
  right &= s.answered("TEA", s.ask("TEA"));
  const auto waits = s.waits();
  std::printf("waits: %s\n\n", waits.c_str());
  return right && waits == doubled(c);
}

bool with_circuit(const troupe::config& c) {
  std::puts("== circuit: at once, a few times; then not at all for a while, and one trial");
  scene s{c, [](troupe::child_builder b, const troupe::config&) {
            return std::move(b).circuit({.failures_max = 3, .within = 5s, .open_for = 300ms});
          }};
  bool right = s.answered("TEA", s.ask("TEA"));
  s.say("the server is switched off");
  s.peer().off();
  right &= s.failed_so_often(1);
  auto milk = s.ask("MILK");
  right &= s.failed_so_often(4);
  s.say("the server is switched on");
  s.peer().on();
  right &= s.answered("MILK", std::move(milk));
  const auto waits = s.waits();
  std::printf("waits: %s\n\n", waits.c_str());
  return right && waits == "at once, at once, 300 ms, 300 ms";
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  try {
    const bool right = with_backoff(config) & with_circuit(config);
    std::puts(
        right ? "backoff_reconnect: every question was answered, though the server was away"
              : "backoff_reconnect: FAILED: a question was not answered, or a wait was not as it must be");
    return right ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("backoff_reconnect: FAILED: %s\n", e.what());
    return 1;
  }
}
