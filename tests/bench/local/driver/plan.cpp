#include "driver/plan.hpp"

namespace bench {
namespace {

constexpr std::uint64_t operator""_k(unsigned long long n) { return n * 1'000; }
constexpr std::uint64_t operator""_m(unsigned long long n) { return n * 1'000'000; }

constexpr std::array one_two{1U, 2U};

constexpr std::array actors{language::troupe, language::caf, language::erlang};

constexpr std::array scenarios{
    planned{"pingpong", 10_m, one_two, actors}, planned{"counting", 10_m, one_two, actors},
    planned{"fanin", 8_m, one_two, actors},     planned{"ring", 10_m, one_two, actors},
    planned{"spawn", 1_m, one_two, actors},     planned{"ask", 2_m, one_two, actors},
};

constexpr std::array targets{
    target{.figure = "pingpong", .caf = 15, .erlang = 8},
    target{.figure = "counting", .caf = 3, .erlang = 1.2},
    target{.figure = "fanin", .caf = 5, .erlang = 2.5},
    target{.figure = "ring", .caf = 12, .erlang = 5},
    target{.figure = "spawn", .caf = 4, .erlang = 6},
    target{.figure = "ask", .caf = 8, .erlang = 4},
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

std::span<const planned> plan() noexcept { return scenarios; }

target target_of(std::string_view figure) noexcept {
  for (const target& t : targets)
    if (t.figure == figure) return t;
  return {.figure = figure};
}

}  // namespace bench
