// Where an exception was thrown: return addresses, written down as it is thrown, which become text when somebody asks.
//
// Rules
//  TH1 Who writes them down is linked in or not (runtime/stacks). Here is what others know of it: nothing is known where it is not, or
//      while nobody wants it, and it costs nothing then.
//  TH2 Exceptions are the process's, so this is too: while one system wants them they are there for all.
//  TH3 The text has no addresses: names, source lines where the program has them, else a file and how far into it. It is the same in
//      every run of a program, wherever it was loaded (D1).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

namespace troupe {

/// See above (TH1-TH3). Immutable.
class throw_site {
 public:
  /// More are not kept.
  static constexpr std::size_t frames_max = 32;
  /// Where the calls return to, the innermost first; null behind the last.
  using frames = std::array<const void*, frames_max>;

  explicit throw_site(const frames& calls) noexcept : calls_(calls) {}

  /// That of the exception that is being handled; null: it is not known. Thread-safe.
  static std::shared_ptr<const throw_site> of_current_exception() noexcept;

  /// A line a frame (TH3): `bank::ledger::on(bank::withdraw const&) at samples/bank/ledger.cpp:42`. Takes a while, the first time some
  /// milliseconds. Thread-safe.
  std::string text() const;

  /// The return addresses.
  const frames& calls() const noexcept { return calls_; }

  // ---- who writes them down
  /// What it does.
  struct source {
    std::shared_ptr<const throw_site> (*of_current_exception)() noexcept;  ///< see above
    std::string (*text)(const throw_site& of);                             ///< see above
  };
  /// It is there. Called before `main`, by what is linked in; `how` stays.
  static void kept_by(const source& how) noexcept;

  // ---- who wants them
  /// Wants them for as long as it lives, if `yes`. Throws `failed` with `invalid` and what to do when nobody is there to write them down.
  class wish {
   public:
    explicit wish(bool yes);
    ~wish();
    wish(const wish&) = delete;
    wish& operator=(const wish&) = delete;

   private:
    const bool yes_;
  };
  /// Whether anybody does. Thread-safe, and cheap.
  static bool is_wanted() noexcept { return wanted_.load(std::memory_order_relaxed) != 0; }

 private:
  static constinit std::atomic<const source*> source_;
  static constinit std::atomic<unsigned> wanted_;  // relaxed: a throw at that moment may be missed

  const frames calls_;
};

}  // namespace troupe
