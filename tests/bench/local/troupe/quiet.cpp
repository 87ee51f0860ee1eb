// What a system does when little happens.
// idle: the processor time of SIZE idle actors and a hundredth as many armed timers, percent of a core.
// wakeup: how long a message from a plain thread takes to an actor whose workers all sleep.
// flood: the same while another actor sends itself messages without end.
// timers: how late SIZE timers fire.
#include "measure/latency.hpp"
#include "measure/process.hpp"
#include "measure/random.hpp"
#include "troupe/crowd.hpp"

namespace bench {
namespace {

struct arm {
  std::uint64_t count;
};

class sleeper : public troupe::actor<arm> {
 public:
  void on(const arm& m) {
    for (std::uint64_t i = 0; i < m.count; ++i)
      after_delay(work::idle_timer, [] { expect(false, "idle: a timer fired"); });
  }
};

struct probe {
  std::int64_t sent_ns;
};

class light : public troupe::actor<probe> {
 public:
  explicit light(prober* p) : prober_(p) {}

  void on(const probe& m) { prober_->received(m.sent_ns); }

 private:
  prober* prober_;
};

struct drop {};

class flooder : public troupe::actor<drop> {
 public:
  void on(const drop& m) { self().tell(m); }
};

class late : public troupe::actor<arm> {
 public:
  late(latencies* times, finish_line* finish) : times_(times), finish_(finish) {}

  void on(const arm& m) {
    std::uint64_t random = 1;
    for (std::uint64_t i = 0; i < m.count; ++i) {
      const auto delay = std::chrono::milliseconds{
          work::timer_ms_min + random_below(random, work::timer_ms_max - work::timer_ms_min)};
      const std::int64_t due = now_ns() + std::chrono::nanoseconds{delay}.count();
      after_delay(delay, [this, due, count = m.count] {
        times_->add(now_ns() - due);
        if (times_->size() == count) finish_->arrive();
      });
    }
  }

 private:
  latencies* times_;
  finish_line* finish_;
};

}  // namespace

void idle(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  troupe::spawn<crowd>(sys, "crowd", &finish).tell(gather{s.size});
  troupe::spawn<sleeper>(sys, "sleeper").tell(arm{s.size / work::idle_actors_a_timer});
  finish.wait();
  be_quiet(work::idle_before);
  const auto before = cpu_time();
  be_quiet(work::idle_measured);
  const double used = static_cast<double>((cpu_time() - before).count());
  report("idle", 100 * used / static_cast<double>(std::chrono::nanoseconds{work::idle_measured}.count()),
         "%core");
}

void wakeup(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& p = immortal<prober>();
  const auto to = troupe::spawn<light>(sys, "light", &p);
  p.run("wakeup", s.size, work::wakeup_pause, [&](std::int64_t sent) { to.tell(probe{sent}); });
}

void flood(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& p = immortal<prober>();
  const auto to = troupe::spawn<light>(sys, "light", &p);
  const auto heavy = troupe::spawn<flooder>(sys, "flooder");
  for (std::uint64_t i = 0; i < work::flood_messages; ++i) heavy.tell(drop{});
  p.run("flood", s.size, work::flood_pause, [&](std::int64_t sent) { to.tell(probe{sent}); });
}

void timers(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& times = immortal<latencies>();
  finish_line finish;
  troupe::spawn<late>(sys, "late", &times, &finish).tell(arm{s.size});
  finish.wait();
  times.report_as("timers");
}

}  // namespace bench
