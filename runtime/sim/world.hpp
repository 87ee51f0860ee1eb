// A simulated world: hosts, their network and their disks, and one thread on which everything in it happens, in an order that a seed
// chooses.
//
//     sim::world w{7};
//     troupe::system n1{{.name = "n1"}, w.boot("n1")};      // a real system, without a thread
//     auto answer = troupe::spawn<greeter>(n1, "greeter").ask(hello{}, 1s).get();   // runs the world until it is there
//
// Rules
//  SW1 What could happen next is: any turn that waits on any host that is not busy, the timers of a host that are due, the next event
//      that is due. The seed picks one of them, each as likely as the others: orders that threads could produce, however rarely, are
//      produced.
//  SW2 Time is virtual: it stands still during a step; when nothing can happen it jumps to the moment something can. A turn ends after
//      any of its messages, so that somebody else may come between two of them, and keeps its
//      dispatcher busy for a time that the seed picks (`turn_min` to `turn_max`), and longer if what it did took longer (`charge`).
//  SW3 Everything that happens is in the record, and depends on the seed and the program alone (D1).
//  SW4 `wait` lets things happen until a condition holds. It is what every wait of a plain thread in the library comes to here. More than
//      `steps_max` steps in a world are an error: something goes on for ever.
//      A turn does not wait: on the one thread there is, nobody could go on before it. One that would, a handler with `.get()`
//      in it say, on whatever dispatcher, gets `failed` with its actor's name and what to do instead, and the run ends: `misuse`.
//  SW5 A crash cuts a host's ports first; what is left of its system is then destroyed out of everybody's sight (D2): `crash`, then the
//      destruction of the system, which ends with its platform, then perhaps `boot` again.
//
// Used on one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/port/platform.hpp>
#include <troupe/sim/event_list.hpp>
#include <troupe/sim/host.hpp>
#include <troupe/sim/network.hpp>
#include <troupe/sim/record.hpp>
#include <troupe/sim/under_way.hpp>

namespace troupe::sim {

/// What can be chosen for a world.
struct world_options {
  duration turn_min = microseconds{1};  ///< SW2
  duration turn_max = microseconds{20};
  std::uint64_t steps_max = 1'000'000'000;  ///< SW4
  std::size_t lines_kept = 10'000;          ///< RC2
  record::sink lines_to = {};               ///< RC2
};

/// Something in a simulation does what can't be simulated (SW4): thrown at the end of that step, so it comes out of whoever lets the world go on.
struct misuse : failed {
  using failed::failed;
};

/// See above (SW1-SW5).
class world {
 public:
  explicit world(std::uint64_t seed, world_options options = {});
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// The seed.
  std::uint64_t seed() const noexcept { return seed_; }
  /// The ports of a host, for one system (HO1): the host is made if there is none of that name. REQUIRES: no platform is on it.
  std::unique_ptr<port::platform> boot(const std::string& name);
  /// Its process is gone, at once (SW5): nothing of it runs any more that anybody could see, its connections are reset, unsynced
  /// bytes are lost.
  void crash(const std::string& name);
  /// Its process is stopped, or goes on (HO2).
  void pause(const std::string& name, bool stopped);
  /// Its clock jumps by `by`; a jump back makes it stand still until it is made up for (HO3).
  void skew_clock(const std::string& name, duration by);
  /// The same without a line in the record: for a clock that runs too fast, a little at a time.
  void nudge_clock(const std::string& name, duration by) { at(name).offset += by; }

  /// The network.
  sim::network& network() noexcept { return network_; }
  /// A host's disk.
  sim::disk& disk_of(const std::string& name) { return at(name).disk; }
  /// What has happened.
  const sim::record& record() const noexcept { return record_; }
  /// The same, to be told of lines.
  sim::record& record() noexcept { return record_; }

  /// The time, as nobody in the world knows it: no clock is off by anything here.
  time_point now() const noexcept { return now_; }
  /// Steps so far.
  std::uint64_t steps() const noexcept { return steps_; }

  /// Does one thing. False: there is nothing that could ever happen.
  bool step();
  /// Lets things happen until `there()` or `until` (SW4); returns `there()`. As `port::stepper::wait`.
  bool wait(const std::function<bool()>& there, time_point until, const std::string& for_what);
  /// Lets `d` pass.
  void run_for(duration d) {
    wait([] { return false; }, after(now_, d), "");
  }
  /// Called before each step: for invariants. What it throws comes out of whoever waits.
  void before_each_step(std::function<void()> f) { before_step_ = std::move(f); }

  /// Called when no turn waits anywhere, before time goes on.
  void at_quiet(std::function<void()> f) { at_quiet_ = std::move(f); }

  // ---- for what is part of the world
  /// Has `what` done at `when`.
  void put(time_point when, event_list::deed what) { events_.put(when, std::move(what)); }
  /// The same, by the process that is on `on` now (NW5).
  void put_on(host& on, time_point when, event_list::deed what);
  /// A line of the record. Returns its number.
  std::uint64_t note(std::string what, line_facts about = {});
  /// The same, of something that happens on a host: nothing, and 0, once that is buried (HO2).
  std::uint64_t note_of(const std::string& host, std::string what, line_facts about = {});
  /// Which messages are under way between hosts.
  sim::under_way& under_way() noexcept { return under_way_; }
  /// Whether one in `n` times it is so.
  bool chance(std::uint64_t n) noexcept { return random_.below(n) == 0; }
  /// A number below `bound`.
  std::uint64_t below(std::uint64_t bound) noexcept { return random_.below(bound); }
  /// What happens now on its host takes that long more (SW2).
  void charge(duration d) noexcept { charged_ += d; }
  /// Whether a turn on that host ends before its next message (SW2).
  bool turn_is_over(const host& on) noexcept { return on.state != host_state::buried && chance(3); }
  /// A host's clock.
  time_point clock_of(host& h) const noexcept;
  /// The same as `wait` by the clock of a host, and only by what is on it once it is buried.
  bool wait_on(host& on, const std::function<bool()>& there, time_point until, const std::string& for_what);
  /// A host has something more that is stepped.
  void attach(host& on, port::stepped& what);
  /// It has it no more.
  void detach(host& on, port::stepped& what) noexcept;
  /// The platform of a host is gone.
  void shut(host& h) noexcept;

 private:
  host& at(const std::string& name);
  std::uint64_t count_choices(time_point& next);
  void choose(std::uint64_t which);
  void run_turn(host& h, port::stepped& what, std::size_t which);
  template <class F>
  void as_turn(F f);
  void refuse_wait_in_turn(const std::string& for_what);
  bool step_buried(host& h);
  time_point due_of(const host& h, const port::stepped& what) const noexcept;

  const std::uint64_t seed_;
  const world_options options_;
  prng random_;
  sim::record record_;
  time_point now_{seconds{1}};
  std::uint64_t steps_ = 0;
  duration charged_ = duration::zero();
  event_list events_;
  std::map<std::string, std::unique_ptr<host>> hosts_;
  sim::network network_{*this};
  sim::under_way under_way_;
  std::function<void()> before_step_;
  std::function<void()> at_quiet_;
  bool in_turn_ = false;          // SW4
  std::optional<error> misused_;  // and what the step in which it was throws
  bool quiet_ = true;             // as `count_choices` found it: no turn waits
};

}  // namespace troupe::sim
