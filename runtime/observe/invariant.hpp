// What must hold of a program, under a name. One object serves twice: a simulation ends the run that breaks it (simulate/cluster.hpp), and
// in production it is a metric and a line of the log.
//
//     sys.events().invariants().add({"at most one leader", [this] { return leaders_ <= 1; }});
//
// Rules
//  IV1 Nothing is looked at by itself. In production somebody who scrapes looks (metrics.hpp), or who calls `look`; in a simulation
//      the cluster does, before each step.
//  IV2 A violation is counted, and logged as an error, when an invariant does not hold that held when it was last looked at: what stays
//      broken is one violation, however many look. That it holds again is logged too.
//  IV3 `holds` is called on the thread that looks, without a lock, perhaps on several threads at once. It must be quick and neither wait nor
//      send. What it throws means that the invariant does not hold, and is the reason.
//  IV5 They are let go when their system has ended: what they ask may hold refs, and a ref keeps its system's environment.
//  IV4 A name is there once. There are `invariants_max` at most, since each is a series of a metric.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

class hub;

/// Something that must hold, and what says whether it does (IV3).
struct invariant {
  std::string name;  ///< as a sentence would go on behind "it does not hold that": `at most one leads`
  std::function<bool()> holds;
};

/// What came of a look at one of them.
struct invariant_state {
  std::string name;
  bool holds = true;
  std::uint64_t violations = 0;  ///< since it was added (IV2)
};

/// What must hold of one system (IV1-IV4). Thread-safe.
class invariant_list {
 public:
  static constexpr std::size_t invariants_max = 1000;

  /// Empty; lines go to the log of `told`, which outlives this.
  explicit invariant_list(hub& told) noexcept : told_(told) {}
  invariant_list(const invariant_list&) = delete;
  invariant_list& operator=(const invariant_list&) = delete;

  /// One more. Returns a number for `forget`. Throws `failed` with `invalid` for one without a name or a function, `already_exists` for one whose name is
  /// there, and `overloaded` when there are `invariants_max` (IV4).
  std::uint64_t add(invariant what);

  /// It need not hold any more: for what ends before its system. A look that is under way on another thread may still finish after this
  /// returns. Does nothing for a number that is none.
  void forget(std::uint64_t number);

  /// The system has ended (IV5): all are forgotten.
  void close() noexcept;

  /// Looks at all, in the order they were added, counts and logs (IV2).
  std::vector<invariant_state> look();

  /// The first that does not hold, with what it threw in brackets if it threw; none: all hold. Neither counts nor logs.
  std::optional<std::string> first_broken() const;

 private:
  struct entry {
    std::uint64_t number;
    invariant what;
    bool held = true;              // guarded by mutex_
    std::uint64_t violations = 0;  // guarded by mutex_
  };
  using entries = std::vector<std::shared_ptr<entry>>;

  std::shared_ptr<const entries> all() const;

  hub& told_;
  mutable std::mutex mutex_;
  std::shared_ptr<const entries>
      entries_;                    // guarded by mutex_; replaced, never changed; null: there are none
  std::uint64_t next_number_ = 1;  // guarded by mutex_
};

}  // namespace troupe
