// OTP's supervisor_SUITE, the cases of many children: what ten times as many cost, and a hundred times. Figures of speed are in tests/bench;
// here it is counted how many turns it takes, which a simulation knows exactly. OTP's own numbers, 1,000 children and more, are for one seed.
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

/// The numbers of children.
struct sizes {
  std::uint64_t few, many;
};
sizes ten_times(const stage& s) { return s.is_for_long() ? sizes{1'000, 10'000} : sizes{30, 300}; }
sizes a_hundred_times(const stage& s) { return s.is_for_long() ? sizes{1'000, 100'000} : sizes{3, 300}; }

/// Whether so many more children took at most about so many more turns.
bool is_linear(sizes of, std::uint64_t for_few, std::uint64_t for_many) {
  return for_many <= (for_few + for_few / 10 + 1) * (of.many / of.few);
}

/// How many turns `f` takes; 0 on threads.
template <class F>
std::uint64_t turns(stage& s, const F& f) {
  s.settle();
  const std::uint64_t before = s.turns();
  f();
  s.settle();
  return s.turns() - before;
}

}  // namespace

TEST_CASE("simple_one_for_one_scale_many_temporary_children: ten times as many end in ten times the work") {
  everywhere([](stage& s) {
    const auto start_and_end = [&](std::uint64_t n) {
      auto top = supervise(s.sys(), "top", dynamic{}, s.pattern("a").temporary());
      for (std::uint64_t i = 0; i < n; ++i) top.admin().tell(start_from_pattern{});
      CHECK(counts(s) == "1 " + std::to_string(n) + " 0 " + std::to_string(n));
      std::vector<cell_ptr> all = s.at("top")->children();
      const std::uint64_t took = turns(s, [&] {
        for (const cell_ptr& one : all) one->request_stop(exit_kind::shutdown);
      });
      CHECK(counts(s) == "1 0 0 0");
      top.stop();
      s.settle();
      return took;
    };
    const sizes of = ten_times(s);
    const std::uint64_t for_few = start_and_end(of.few);
    CHECK(is_linear(of, for_few, start_and_end(of.many)));
    CHECK(s.script("a").alive.load() == 0);
  });
}

TEST_CASE(
    "scale_start_stop_many_children: ten and a hundred times as many start and stop in ten and a hundred "
    "times the work") {
  everywhere([](stage& s) {
    const auto start_and_stop = [&](bool of_a_pattern, std::uint64_t n) {
      return turns(s, [&] {
        if (of_a_pattern) {
          auto top = supervise(s.sys(), "top", dynamic{}, s.pattern("a"));
          for (std::uint64_t i = 0; i < n; ++i) top.admin().tell(start_from_pattern{});
          s.settle();
          top.stop();
        } else {
          std::vector<child_spec> all;
          for (std::uint64_t i = 0; i < n; ++i)
            all.push_back(troupe::child<worker>("a" + std::to_string(i), "a", static_cast<notes*>(&s),
                                                s.shared_script("a")));
          supervise(s.sys(), "top", one_for_all{}, all).stop();
        }
      });
    };
    std::uint64_t children = 0;
    for (const bool of_a_pattern : {true, false}) {
      const sizes of = of_a_pattern ? a_hundred_times(s) : ten_times(s);
      const std::uint64_t for_few = start_and_stop(of_a_pattern, of.few);
      CHECK(is_linear(of, for_few, start_and_stop(of_a_pattern, of.many)));
      children += of.few + of.many;
    }
    CHECK(s.count("a start") == children);
    CHECK(s.count("a stop") == children);
  });
}
