#include "driver/plan.hpp"

namespace bench {
namespace {

constexpr std::uint64_t operator""_k(unsigned long long n) { return n * 1'000; }
constexpr std::uint64_t operator""_m(unsigned long long n) { return n * 1'000'000; }

constexpr std::array one{1U};
constexpr std::array two{2U};
constexpr std::array one_two{1U, 2U};
// Eight on two cores: more workers than cores must not collapse.
constexpr std::array one_two_eight{1U, 2U, 8U};

constexpr std::array actors{language::troupe, language::caf, language::erlang};
// An Erlang process is not woken by a thread but by another process, often on the same scheduler: no counterpart.
constexpr std::array woken{language::troupe, language::caf, language::bare};
// The memory of an Erlang machine is not that of its process; nobody else has mailboxes with a bound.
constexpr std::array unbounded{language::troupe, language::caf};
constexpr std::array ours{language::troupe};
// CAF has no supervisors.
constexpr std::array supervisors{language::troupe, language::erlang};
// With one worker, an actor that sends itself messages without end keeps CAF from ever running another.
constexpr std::array fair{language::troupe, language::erlang};

constexpr std::array scenarios{
    planned{"pingpong", 10_m, one_two, actors},
    planned{"counting", 10_m, one_two, actors},
    planned{"fanin", 8_m, one_two, actors},
    planned{"ring", 10_m, one_two, actors},
    planned{"big", 20_k, one_two, actors},
    planned{"forkjoin", 200_k, one_two, actors},
    planned{"spawn", 1_m, one_two, actors},
    planned{"stop", 1_m, one_two, actors},
    planned{"bytes", 1_m, one_two, actors},
    planned{"skynet", 1_m, one_two, actors},
    planned{"mixed", 20, one_two, actors},
    planned{"ask", 2_m, one_two, actors},
    planned{"bank", 1_m, one_two, actors},
    planned{"idle", 100_k, two, actors},
    planned{"wakeup", 2_k, one_two, woken},
    planned{"flood", 2_k, one, fair},
    planned{"flood", 2_k, two, actors},
    planned{"timers", 1_k, two, actors},
    planned{"outrun", 2_m, two, unbounded},
    planned{"outrun_bounded", 2_m, two, ours},
    planned{"hot", 5_m, one_two_eight, actors},
    planned{"hot_among", 5_m, one_two_eight, actors},
    planned{"uniform", 5_m, one_two_eight, actors},
    planned{"crash", 20_k, one_two, supervisors, suite::supervision},
    planned{"storm", 100_k, one_two, supervisors, suite::supervision},
    planned{"dynamic", 100_k, one_two, supervisors, suite::supervision},
    planned{"child_bytes", 100_k, one_two, supervisors, suite::supervision},
    planned{"group", 10_k, one_two, supervisors, suite::supervision},
};

constexpr std::array targets{
    target{.figure = "pingpong", .caf = 15, .erlang = 8},
    target{.figure = "counting", .caf = 3, .erlang = 1.2},
    target{.figure = "fanin", .caf = 5, .erlang = 2.5},
    target{.figure = "ring", .caf = 12, .erlang = 5},
    target{.figure = "big", .caf = 6, .erlang = 3},
    target{.figure = "forkjoin", .caf = 6, .erlang = 3},
    target{.figure = "spawn", .caf = 4, .erlang = 6},
    target{.figure = "stop", .caf = 5, .erlang = 5},
    target{.figure = "bytes", .most = 320},
    target{.figure = "skynet", .caf = 6, .erlang = 4},
    target{.figure = "mixed", .caf = 2, .erlang = 2},
    target{.figure = "ask", .caf = 8, .erlang = 4},
    target{.figure = "bank", .caf = 5, .erlang = 3},
    target{.figure = "idle", .most = 0.1},
    target{.figure = "wakeup_p50", .of_bare = 1.5},
    target{.figure = "uniform", .caf = 1},
    target{.figure = "crash_p50", .erlang = 1},
    target{.figure = "crash_p99", .erlang = 1},
};

}  // namespace

std::string_view to_string(language l) noexcept {
  switch (l) {
    case language::troupe:
      return "troupe";
    case language::caf:
      return "caf";
    case language::erlang:
      return "erlang";
    case language::bare:
      return "bare";
  }
  return "";
}

std::string_view to_string(suite s) noexcept { return s == suite::local ? "local" : "supervision"; }

std::span<const planned> plan() noexcept { return scenarios; }

target target_of(std::string_view figure) noexcept {
  for (const target& t : targets)
    if (t.figure == figure) return t;
  return {.figure = figure};
}

}  // namespace bench
