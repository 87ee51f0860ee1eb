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
// Between two processes, on one connection.
constexpr std::array nodes{language::troupe, language::caf, language::erlang};
constexpr std::array nodes_and_bytes{language::troupe, language::caf, language::erlang, language::bare};

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
    planned{"roundtrip", 50_k, two, nodes_and_bytes, suite::remote},
    planned{"oneway1", 2_m, two, nodes_and_bytes, suite::remote},
    planned{"oneway5", 2_m, two, nodes_and_bytes, suite::remote},
    planned{"payload_100b", 1_m, two, nodes_and_bytes, suite::remote},
    planned{"payload_1k", 500_k, two, nodes_and_bytes, suite::remote},
    planned{"payload_10k", 100_k, two, nodes_and_bytes, suite::remote},
    planned{"payload_1m", 2_k, two, nodes_and_bytes, suite::remote},
    planned{"payload_60m", 20, two, nodes_and_bytes, suite::remote, 6},
    planned{"payload_100m", 12, two, nodes_and_bytes, suite::remote, 4},
    planned{"latency", 100_k, two, nodes_and_bytes, suite::remote, 20_k},
    planned{"heartbeat", 1, two, nodes, suite::remote, 1},
    planned{"connections", 1_k, two, ours, suite::remote, 200},
    planned{"tls", 500_k, two, ours, suite::remote, 100_k},
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
    target{.figure = "roundtrip", .of_bare = 1.25},
    target{.figure = "oneway1", .caf = 10, .erlang = 10},
    target{.figure = "oneway5", .caf = 10, .erlang = 10},
    target{.figure = "payload_10k", .of_bare = 1.25},
    target{.figure = "payload_1m", .of_bare = 1.25},
    target{.figure = "payload_60m", .of_bare = 1.25},
    target{.figure = "payload_100m", .of_bare = 1.25},
    target{.figure = "latency_p50", .erlang = 1},
    target{.figure = "latency_p99", .erlang = 1},
    target{.figure = "latency_p999", .erlang = 1},
    target{.figure = "heartbeat_p99", .most = 50'000},
    target{.figure = "tls_32b_times", .most = 1.5},
    target{.figure = "tls_10k_times", .most = 1.5},
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

std::string_view to_string(suite s) noexcept {
  switch (s) {
    case suite::local:
      return "local";
    case suite::supervision:
      return "supervision";
    case suite::remote:
      return "remote";
  }
  return "";
}

std::string_view program_prefix(suite s) noexcept { return s == suite::remote ? "remote_" : "local_"; }

std::string_view erlang_module(suite s) noexcept {
  return s == suite::remote ? "bench_remote" : "bench_main";
}

std::span<const planned> plan() noexcept { return scenarios; }

target target_of(std::string_view figure) noexcept {
  for (const target& t : targets)
    if (t.figure == figure) return t;
  return {.figure = figure};
}

const std::vector<scaled>& scaled_figures() {
  static const std::vector<scaled> all{
      {"a hot set among many, by alone", "hot", "hot_among", 1.1},
      {"the start of each of many children, by each of a hundredth", "dynamic_start_hundredth",
       "dynamic_start", 1.2},
      {"the stop of each of many children, by each of a hundredth", "dynamic_stop_hundredth", "dynamic_stop",
       1.2},
  };
  return all;
}

}  // namespace bench
