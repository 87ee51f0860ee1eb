// Checks small programs of several threads under every order of their steps, or long ones under seeded orders.
//
//   struct dekker {
//     model_atomic<bool> a, b;
//     bool saw_a = false, saw_b = false;
//   };
//   const program<dekker> p{
//       {[](dekker& d) { d.a.store(true); d.saw_b = d.b.load(); },
//        [](dekker& d) { d.b.store(true); d.saw_a = d.a.load(); }},
//       [](dekker& d) { require(d.saw_a || d.saw_b, "both went past each other"); }};
//   must_pass(explore(p));
//
// The state is made anew for each run. Threads take what they do from the state alone,
// so that the same schedule is the same run. What a run may and may not do is in machine.hpp (IM1-IM5), how schedules
// are chosen in search.hpp (IS1, IS2).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "unit/interleave/blocking.hpp"
#include "unit/interleave/heap.hpp"
#include "unit/interleave/model_atomics.hpp"
#include "unit/interleave/search.hpp"

namespace interleave {

/// A program: threads that share a `State`, and what must hold when all have ended.
template <class State>
struct program {
  std::vector<std::function<void(State&)>> threads;
  std::function<void(State&)> check = [](State&) {};
  /// What comes before the threads, besides the constructor.
  std::function<void(State&)> set_up = [](State&) {};
};

/// No program that is explored takes as many.
inline constexpr std::size_t default_steps_max = 2'000;

/// How far `explore` goes.
struct explore_options {
  /// More runs than this and the report fails: an incomplete search proves nothing.
  std::uint64_t runs_max = 500'000;
  /// More steps in one run than this and it fails: the program may never end.
  std::size_t steps_max = default_steps_max;
  /// How schedules are chosen.
  search_options search = {};
};

/// What was found.
struct report {
  std::string failure;             ///< empty: nothing
  std::string schedule;            ///< for `replay`: the run that failed
  std::vector<std::string> steps;  ///< the same to read
  std::uint64_t runs = 0;          ///< how many it took
  std::uint64_t steps_taken = 0;   ///< in all of them

  bool passed() const noexcept { return failure.empty(); }
  /// All of it, to print.
  std::string text() const;
};

/// Fails the run unless `holds`. In a thread or in the check of a program.
inline void require(bool holds, const char* what) {
  if (!holds) machine::current()->fail(what);
}

namespace detail {

template <class State>
class subject_of final : public subject {
 public:
  explicit subject_of(const program<State>& p) : program_(p) {}
  unsigned threads() const override { return static_cast<unsigned>(program_.threads.size()); }
  void set_up() override { program_.set_up(state_.emplace()); }
  void run(unsigned thread) override { program_.threads[thread](*state_); }
  void check() override { program_.check(*state_); }
  void tear_down() override { state_.reset(); }

 private:
  const program<State>& program_;
  std::optional<State> state_;
};

report explore(subject& s, const explore_options& options);
report run_seeded(subject& s, std::uint64_t seed, std::uint64_t steps, std::size_t steps_max);
report replay(subject& s, const std::string& schedule);

}  // namespace detail

/// Runs the program under every order of steps that can make a difference, until one fails.
template <class State>
report explore(const program<State>& p, const explore_options& options = {}) {
  detail::subject_of<State> s(p);
  return detail::explore(s, options);
}

/// Runs the program again and again under random orders, until `steps` steps were taken in all or one run has failed.
/// The same seed gives the same orders.
template <class State>
report run_seeded(const program<State>& p, std::uint64_t seed, std::uint64_t steps,
                  std::size_t steps_max = 1'000'000) {
  detail::subject_of<State> s(p);
  return detail::run_seeded(s, seed, steps, steps_max);
}

/// Runs the program once, in the order that a report has printed.
template <class State>
report replay(const program<State>& p, const std::string& schedule) {
  detail::subject_of<State> s(p);
  return detail::replay(s, schedule);
}

}  // namespace interleave
