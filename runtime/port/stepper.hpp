// Who decides what happens next on a platform whose systems have no threads of their own: in a simulation everything happens on
// one thread, one step at a time, in an order that somebody chooses.
//
// Rules
//  SP1 What has turns to run attaches itself to the platform's stepper instead of starting threads, and detaches itself before it
//      goes. Between the two the stepper may call it at any time that is no step.
//  SP2 A plain thread that would wait for what others do calls `wait`, and the others do it inside of that call. A turn must not, on a
//      blocking dispatcher neither: what it waits for may need a turn that can't end before its own.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <troupe/base/units.hpp>

namespace troupe::port {

/// Something that has turns to run and lets somebody else say when. Called on the stepper's thread only.
class stepped {
 public:
  /// How many turns could run next, each of them before the others.
  virtual std::size_t ready() const noexcept = 0;

  /// Runs turn `which` of the `ready` ones, 0 is the one that waits longest.
  virtual void run(std::size_t which) = 0;

  /// When it has something to do next even if nobody does anything; `never` if not.
  virtual time_point next_due() const noexcept { return never; }

  /// Does what is due by its clock. Returns whether that was anything.
  virtual bool fire() { return false; }

 protected:
  ~stepped() = default;
};

/// Chooses the steps. All functions are called on its one thread.
class stepper {
 public:
  virtual ~stepper() = default;

  /// From now on `one` is asked for its turns (SP1).
  virtual void attach(stepped& one) = 0;
  /// No longer. Fine for one that is not attached.
  virtual void detach(stepped& one) noexcept = 0;

  /// Whether the turn that is being run shall end, although it has more to do: asked before each further message.
  virtual bool turn_is_over() = 0;

  /// Lets things happen until `there()`, or until `until` by the clock of the platform (SP2). Returns `there()`. When nothing is left
  /// that could ever happen it returns at once if `until` is a time, and else throws `failed` with `invalid` and a line that says `for_what`
  /// was waited. Inside of a
  /// turn it throws `failed` with `invalid` and who that is (SP2).
  virtual bool wait(const std::function<bool()>& there, time_point until, const std::string& for_what) = 0;
};

}  // namespace troupe::port
