// OTP's supervisor_SUITE, the cases of many children: what ten times as many cost. Figures of speed are in tests/bench; here it is counted how
// many turns it takes, which a simulation knows exactly.
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

constexpr std::uint64_t few = 30, many = 300;

/// Whether ten times as many children took at most about ten times the turns.
bool is_linear(std::uint64_t for_few, std::uint64_t for_many) { return for_many <= 11 * for_few; }

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
    const std::uint64_t for_few = start_and_end(few);
    CHECK(is_linear(for_few, start_and_end(many)));
    CHECK(s.script("a").alive.load() == 0);
  });
}

TEST_CASE("scale_start_stop_many_children: ten times as many start and stop in ten times the work") {
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
    for (const bool of_a_pattern : {true, false}) {
      const std::uint64_t for_few = start_and_stop(of_a_pattern, few);
      CHECK(is_linear(for_few, start_and_stop(of_a_pattern, many)));
    }
    CHECK(s.count("a start") == 2 * (few + many));
    CHECK(s.count("a stop") == 2 * (few + many));
  });
}
