// A group on its way down and up again: whose turn it is next (S1, S4, S5). Children are started in order, one after the other, and go
// down in reverse; a failure in the midst of that widens what is to be done, and the rest goes on from there. What a supervisor starts with
// is such a work too: all of its children are to be started.
//
// Rules
//  GW1 One child at a time is on its way. What is to go down goes down before anything is started.
//  GW2 The one whose end caused it goes down first, since it is of no use any more; the others last started first.
//  GW3 A child that is being started and has to go down again is not waited for: it goes down at once.
//  GW4 A retry is a new `restart` with the child that did not start: so each is judged, and counted, by itself (S3), and nothing here
//      loops.
//  GW5 Each step is found in amortised constant time, so that 10,000 children cost 10,000 steps.
//
// Pure: a value that belongs to its supervisor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <troupe/policy/verdict.hpp>
#include <vector>

namespace troupe {

/// See above. Numbers are places in the list of children, in the order they are started in.
class group_work {
 public:
  /// What to do next.
  struct step {
    /// What is done.
    enum class action : std::uint8_t {
      none,   ///< all is done
      wait,   ///< for the child that is on its way
      hold,   ///< `at` is to go down; it keeps its mailbox
      stop,   ///< `at` is to stop for good
      start,  ///< `at` is to be started, or started again
    };
    action what = action::none;
    std::size_t at = 0;

    friend bool operator==(const step&, const step&) = default;
  };

  /// One child more, behind the others, that is down.
  void add(restart_type type);
  /// The child at `at` is none any more; those behind it move up.
  void erase(std::size_t at);
  /// How many children there are.
  std::size_t size() const noexcept { return places_.size(); }
  /// Where the child at `at` is.
  child_phase phase(std::size_t at) const noexcept { return places_[at].now; }
  /// All of them, for plans.
  std::vector<child_state> states() const;

  /// The child at `at` is of another type from now on.
  void change(std::size_t at, restart_type type) noexcept { places_[at].type = type; }
  /// The child at `at` is to be started.
  void want(std::size_t at);
  /// Nothing is wanted of it any more: what happens to it is somebody else's business.
  void leave(std::size_t at) noexcept;
  /// Whether it is to be started.
  bool is_wanted(std::size_t at) const noexcept { return places_[at].to_start; }
  /// Takes a plan up whose cause is the child at `ended`. Those that are on their way to a stop for good stay so: somebody wants them to.
  void restart(const plan& p, std::size_t ended);

  /// What to do next (GW1-GW3). The caller does it and says so by `begin`, before it asks again.
  step next() noexcept;
  /// The step `s` has been begun.
  void begin(const step& s) noexcept;
  /// The child at `at` has got somewhere, by a step of this work or not.
  void now_is(std::size_t at, child_phase phase) noexcept;
  /// Whether anything is left to be done.
  bool is_busy() noexcept { return next().what != step::action::none; }

 private:
  struct place {
    restart_type type;
    child_phase now = child_phase::down;
    bool to_fall = false;
    bool to_stop = false;
    bool to_start = false;
  };
  static bool is_there(child_phase p) noexcept {
    return p == child_phase::starting || p == child_phase::up || p == child_phase::failed;
  }

  std::vector<place> places_;
  std::size_t top_ = 0;                   // nobody from here on has to go down
  std::size_t bottom_ = 0;                // nobody before has to be started
  std::optional<std::size_t> first_;      // the cause, until it is down (GW2)
  std::optional<std::size_t> under_way_;  // (GW1)
};

}  // namespace troupe
