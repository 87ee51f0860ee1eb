// The two kinds of stage, and the play on each of them.
#include <doctest/doctest.h>

#include <troupe/sim/world.hpp>
#include <troupe/testkit/doctest.hpp>

#include "conformance/report.hpp"
#include "conformance/stage.hpp"

namespace conformance {

namespace {

/// Real threads, with a clock that stands still.
class threads_stage final : public stage {
 public:
  threads_stage() : sys_(std::make_unique<testkit::test_system>(options())) { listen(); }
  ~threads_stage() override { threads_stage::release(); }

  troupe::system& sys() override { return *sys_; }
  void settle() override { sys_->settle(); }
  void advance(duration d) override {
    settle();
    sys_->advance(d);
  }

  std::string hanging_place() const override { return "default"; }
  // A parking spot of the platform's: who waits there is known to wait (QU1), so the rest can be known to be quiet.
  void hang() override {
    port::parker* mine = nullptr;
    {
      const std::lock_guard hold{mutex_};
      if (gone_on_) return;
      hanging_.push_back(sys_->platform().make_parker());
      mine = hanging_.back().get();
    }
    mine->park();
  }
  void release() override {
    const std::lock_guard hold{mutex_};
    gone_on_ = true;
    for (const auto& one : hanging_) one->unpark();
  }

  std::uint64_t turns() const noexcept override { return 0; }
  bool is_simulated() const noexcept override { return false; }
  bool is_for_long() const noexcept override { return false; }

 private:
  static testkit::test_options options() {
    testkit::test_options o;
    o.time = testkit::time_kind::manual;
    o.leftovers = false;
    o.system.workers = 3;  // two may hang
    o.system.slow_handler = duration::zero();
    return testkit::for_doctest(std::move(o));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<port::parker>> hanging_;  // guarded by mutex_, with gone_on_
  bool gone_on_ = false;
  std::unique_ptr<testkit::test_system> sys_;  // last: it ends first
};

/// A host of a simulated world.
class simulated_stage final : public stage {
 public:
  explicit simulated_stage(std::uint64_t seed)
      : seed_(seed), world_(seed, few_lines()), sys_(options(), world_.boot("n1")) {
    listen();
  }
  ~simulated_stage() override { simulated_stage::release(); }

  troupe::system& sys() override { return sys_; }
  void settle() override {
    // A dispatcher that is held up has turns that wait, so the world is never quiet.
    if (hangs_) return world_.run_for(milliseconds{10});
    struct quiet {};
    world_.at_quiet([] { throw quiet{}; });
    try {
      world_.wait([] { return false; }, never, "the end of time");
    } catch (const quiet&) {
    }
    world_.at_quiet({});
  }
  void advance(duration d) override {
    settle();
    world_.run_for(d);
    settle();
  }

  std::string hanging_place() const override { return "blocking"; }
  void hang() override {
    world_.charge(held_up_for);
    hangs_ = true;
  }
  void release() override {
    if (!hangs_) return;
    world_.run_for(held_up_for + seconds{1});
    hangs_ = false;
  }

  std::uint64_t turns() const noexcept override { return world_.steps(); }
  bool is_simulated() const noexcept override { return true; }
  bool is_for_long() const noexcept override { return seed_ == 1; }

 private:
  static constexpr duration held_up_for = hours{1};

  static sim::world_options few_lines() {
    sim::world_options o;
    o.lines_kept = 0;
    o.steps_max = 5'000'000;  // a case that goes on for ever is told so
    return o;
  }
  static system_options options() {
    system_options o;
    o.name = "n1";
    o.workers = 1;
    o.mailbox_sample_period = duration::zero();
    o.slow_handler = duration::zero();
    o.log_to = [](log_level, std::string_view, std::string_view) {};
    return o;
  }

  const std::uint64_t seed_;
  sim::world world_;
  bool hangs_ = false;
  troupe::system sys_;  // last: it ends first
};

void play_on_threads(const play& p) {
  INFO("on threads");
  threads_stage s;
  p(s);
}

void play_from_seeds(const play& p) {
  for (std::uint64_t seed = 1; seed <= seeds_wanted(); ++seed) {
    const std::size_t before = failed_checks();
    INFO("simulated from seed ", seed);
    simulated_stage s{seed};
    p(s);
    if (failed_checks() != before) return;  // one seed that fails says enough
  }
}

}  // namespace

void everywhere(const play& p) {
  const std::size_t before = failed_checks();
  play_on_threads(p);
  if (failed_checks() == before) play_from_seeds(p);
}

void on_threads_only(const std::string& why, const play& p) {
  remark("not simulated: " + why);
  play_on_threads(p);
}

void simulated_only(const std::string& why, const play& p) {
  remark("only simulated: " + why);
  play_from_seeds(p);
}

}  // namespace conformance
