// What supervision costs. The children tell when they serve; what they fail of is an exception, and nobody logs it.
//
// crash: one worker fails and serves again, SIZE times; how long it is away, from the message it fails on to its answer to the next one.
// storm: `storm_workers` of one supervisor fail whenever they serve, SIZE times in all.
// dynamic: SIZE children are started one after the other and stopped together; smaller numbers beside it show what grows.
// child_bytes: what SIZE children take, idle.
// group: a one_for_all of SIZE children goes down and comes up, `group_rounds` times.
#include <string>
#include <troupe/tree/messages.hpp>
#include <vector>

#include "measure/latency.hpp"
#include "measure/process.hpp"
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct up {
  std::uint64_t number;
};
struct crash {};
struct knock {
  using reply = std::uint64_t;
};

/// Says that it serves; fails when it is told to.
class worker : public troupe::actor<crash, knock> {
 public:
  worker(std::uint64_t number, troupe::ref<up> to) : number_(number), to_(std::move(to)) {}
  void on_start() { to_.tell(up{number_}); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  std::uint64_t on(const knock&) { return number_; }

 private:
  std::uint64_t number_;
  troupe::ref<up> to_;
};

/// Says nothing.
class idler : public troupe::actor<knock> {
 public:
  explicit idler(std::uint64_t number) : number_(number) {}
  std::uint64_t on(const knock&) { return number_; }

 private:
  std::uint64_t number_;
};

troupe::system_options silent(const settings& s) {
  troupe::system_options options = options_of(s);
  options.log = troupe::log_level::error;
  return options;
}

constexpr std::uint32_t any_number = 1'000'000;

// ---- crash

struct begin {};

/// Lets one worker crash again and again.
class crasher : public troupe::actor<begin, up> {
 public:
  crasher(std::uint64_t count, finish_line* finish) : count_(count), finish_(finish) {}

  troupe::task<void> on(begin) {
    const auto worker_ref = find<crash, knock>("/user/top/w");
    latencies away;
    for (std::uint64_t i = 0; i < count_; ++i) {
      const std::int64_t before = now_ns();
      worker_ref.tell(crash{});
      const auto answer = co_await ask<knock>(worker_ref, work::ask_timeout);
      expect(answer && *answer == 7, "crash: the worker's answer");
      away.add(now_ns() - before);
    }
    away.report_as("crash");
    finish_->arrive(worker_ref.incarnation());
  }
  void on(const up&) {}

  using interleaved = troupe::messages<begin>;

 private:
  std::uint64_t count_;
  finish_line* finish_;
};

// ---- storm

/// Lets each worker that serves fail again, until there have been enough.
class stormer : public troupe::actor<up> {
 public:
  stormer(std::uint64_t count, finish_line* finish) : count_(count), finish_(finish) {}

  void on(const up& m) {
    ++ups_[m.number];
    if (++seen_ == count_ + work::storm_workers) {
      std::uint64_t sum = 0;
      for (const std::uint64_t n : ups_) sum += n;
      return finish_->arrive(sum);
    }
    if (seen_ > count_) return;
    find<crash>("/user/top/" + std::to_string(m.number)).tell(crash{});
  }

 private:
  std::uint64_t count_;
  finish_line* finish_;
  std::uint64_t seen_ = 0;
  std::vector<std::uint64_t> ups_ = std::vector<std::uint64_t>(work::storm_workers);
};

// ---- dynamic

/// Starts children one after the other, each when the one before serves.
class starter : public troupe::actor<begin> {
 public:
  starter(std::uint64_t count, troupe::supervisor_ref of, finish_line* finish)
      : count_(count), of_(std::move(of)), finish_(finish) {}

  troupe::task<void> on(begin) {
    std::uint64_t started = 0;
    for (std::uint64_t i = 0; i < count_; ++i) {
      const troupe::child_spec spec = troupe::child<idler>({}, i).temporary();
      const auto made = co_await ask<troupe::start_child>(of_, work::ask_timeout, spec);
      started += made && made->phase == troupe::child_phase::up;
    }
    finish_->arrive(started);
  }

 private:
  std::uint64_t count_;
  troupe::supervisor_ref of_;
  finish_line* finish_;
};

void start_and_stop(troupe::system& sys, std::uint64_t count, std::uint64_t rounds, const std::string& name) {
  std::chrono::nanoseconds starting{}, stopping{};
  for (std::uint64_t round = 0; round < rounds; ++round) {
    auto top = troupe::supervise(sys, "top", troupe::dynamic{.children_max = count});
    finish_line started, stopped;
    const auto by = troupe::spawn<starter>(sys, troupe::spawn_options{}, count, top.admin(), &started);
    const stopwatch up_time;
    by.tell(begin{});
    expect(started.wait() == count, "dynamic: how many have started");
    starting += up_time.elapsed();
    const stopwatch down_time;
    top.when_ended([&](const troupe::exit_reason&) { stopped.arrive(1); });
    top.stop();
    expect(stopped.wait() == 1, "dynamic: the supervisor's end");
    stopping += down_time.elapsed();
    troupe::stop(by);
  }
  report_each("dynamic_start" + name, starting, count * rounds, "ns/child");
  report_each("dynamic_stop" + name, stopping, count * rounds, "ns/child");
}

// ---- group

/// Counts those that serve, and makes the first of them fail when all do.
class grouper : public troupe::actor<up> {
 public:
  grouper(std::uint64_t count, finish_line* ready, finish_line* finish)
      : count_(count), ready_(ready), finish_(finish) {}

  void on(const up& m) {
    expect(m.number == seen_ % count_, "group: the order of the starts");
    ++seen_;
    if (seen_ % count_ != 0) return;
    const std::uint64_t rounds = seen_ / count_;
    if (rounds == 1) return ready_->arrive(seen_);
    if (rounds == work::group_rounds + 1) return finish_->arrive(seen_);
    find<crash>("/user/top/0").tell(crash{});
  }

 private:
  std::uint64_t count_;
  finish_line *ready_, *finish_;
  std::uint64_t seen_ = 0;
};

}  // namespace

void supervised_crash(const settings& s) {
  auto& sys = immortal<troupe::system>(silent(s));
  finish_line finish;
  const auto by = troupe::spawn<crasher>(sys, "crasher", s.size, &finish);
  auto& top = immortal<troupe::supervision>(troupe::supervise(
      sys, "top", troupe::one_for_one{.intensity = any_number, .period = work::storm_period},
      troupe::child<worker>("w", std::uint64_t{7}, troupe::ref<up>(by))));
  static_cast<void>(top);
  by.tell(begin{});
  expect(finish.wait() == s.size, "crash: how often it was restarted");
}

void supervised_storm(const settings& s) {
  auto& sys = immortal<troupe::system>(silent(s));
  finish_line finish;
  const auto by = troupe::spawn<stormer>(sys, "stormer", s.size, &finish);
  std::vector<troupe::child_spec> workers;
  for (std::uint64_t i = 0; i < work::storm_workers; ++i)
    workers.push_back(troupe::child<worker>(std::to_string(i), i, troupe::ref<up>(by)));
  const stopwatch time;
  auto& top = immortal<troupe::supervision>(troupe::supervise(
      sys, "top", troupe::one_for_one{.intensity = any_number, .period = work::storm_period},
      std::move(workers)));
  static_cast<void>(top);
  expect(finish.wait() == s.size + work::storm_workers, "storm: how many have started");
  report_each("storm", time.elapsed(), s.size, "ns/restart");
}

void supervised_dynamic(const settings& s) {
  auto& sys = immortal<troupe::system>(silent(s));
  start_and_stop(sys, s.size / 100, 100, "_hundredth");
  start_and_stop(sys, s.size / 10, 10, "_tenth");
  start_and_stop(sys, s.size, 1, "");
}

void supervised_bytes(const settings& s) {
  auto& sys = immortal<troupe::system>(silent(s));
  auto& top =
      immortal<troupe::supervision>(troupe::supervise(sys, "top", troupe::dynamic{.children_max = s.size}));
  finish_line started;
  const auto by = troupe::spawn<starter>(sys, "starter", s.size, top.admin(), &started);
  const auto before = resident_bytes();
  by.tell(begin{});
  expect(started.wait() == s.size, "child_bytes: how many have started");
  report("child_bytes", grown(before, resident_bytes()) / static_cast<double>(s.size), "bytes/child");
}

void supervised_group(const settings& s) {
  auto& sys = immortal<troupe::system>(silent(s));
  finish_line ready, finish;
  const auto by = troupe::spawn<grouper>(sys, "grouper", s.size, &ready, &finish);
  std::vector<troupe::child_spec> workers;
  for (std::uint64_t i = 0; i < s.size; ++i)
    workers.push_back(troupe::child<worker>(std::to_string(i), i, troupe::ref<up>(by)));
  auto& top = immortal<troupe::supervision>(troupe::supervise(
      sys, "top", troupe::one_for_all{.intensity = any_number, .period = work::storm_period},
      std::move(workers)));
  expect(ready.wait() == s.size, "group: how many have started");
  const stopwatch time;
  top.ref<crash>("0").tell(crash{});
  expect(finish.wait() == s.size * (work::group_rounds + 1), "group: how many have started again");
  report_each("group", time.elapsed(), s.size * work::group_rounds, "ns/child");
}

}  // namespace bench
