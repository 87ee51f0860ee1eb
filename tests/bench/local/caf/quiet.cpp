// What a system does when little happens.
// idle: the processor time of SIZE idle actors and a hundredth as many armed timers, percent of a core.
// wakeup: how long a message from a plain thread takes to an actor whose workers all sleep.
// flood: the same while another actor sends itself messages without end.
// timers: how late SIZE timers fire.
#include "caf/crowd.hpp"
#include "measure/latency.hpp"
#include "measure/process.hpp"
#include "measure/random.hpp"

namespace bench {
namespace {

caf::behavior sleeper(caf::event_based_actor* self) {
  return {
      [=](arm_atom, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) self->delayed_send(self, work::idle_timer, due_atom_v);
      },
      [](due_atom) { expect(false, "idle: a timer fired"); },
  };
}

caf::behavior light(caf::event_based_actor*, prober* p) {
  return {
      [=](probe_atom, std::int64_t sent_ns) { p->received(sent_ns); },
  };
}

caf::behavior flooder(caf::event_based_actor* self) {
  return {
      [=](drop_atom) { self->send(self, drop_atom_v); },
  };
}

caf::behavior late(caf::event_based_actor* self, latencies* times, std::uint64_t count, finish_line* finish) {
  return {
      [=](arm_atom) {
        std::uint64_t random = 1;
        for (std::uint64_t i = 0; i < count; ++i) {
          const auto delay = std::chrono::milliseconds{
              work::timer_ms_min + random_below(random, work::timer_ms_max - work::timer_ms_min)};
          const std::int64_t due = now_ns() + std::chrono::nanoseconds{delay}.count();
          self->delayed_send(self, delay, due_atom_v, due);
        }
      },
      [=](due_atom, std::int64_t due) {
        times->add(now_ns() - due);
        if (times->size() == count) finish->arrive();
      },
  };
}

}  // namespace

void idle(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  finish_line gathered, gone;
  const caf::actor parent = sys->spawn(crowd, &gathered, &gone);
  caf::anon_send(parent, gather_atom_v, s.size, false);
  const caf::actor sleeping = sys->spawn(sleeper);
  caf::anon_send(sleeping, arm_atom_v, s.size / work::idle_actors_a_timer);
  gathered.wait();
  be_quiet(work::idle_before);
  const auto before = cpu_time();
  be_quiet(work::idle_measured);
  const double used = static_cast<double>((cpu_time() - before).count());
  report("idle", 100 * used / static_cast<double>(std::chrono::nanoseconds{work::idle_measured}.count()),
         "%core");
}

void wakeup(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  auto& p = immortal<prober>();
  const caf::actor to = sys->spawn(light, &p);
  p.run("wakeup", s.size, work::wakeup_pause,
        [&](std::int64_t sent) { caf::anon_send(to, probe_atom_v, sent); });
}

void flood(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  auto& p = immortal<prober>();
  const caf::actor to = sys->spawn(light, &p);
  const caf::actor heavy = sys->spawn(flooder);
  for (std::uint64_t i = 0; i < work::flood_messages; ++i) caf::anon_send(heavy, drop_atom_v);
  p.run("flood", s.size, work::flood_pause,
        [&](std::int64_t sent) { caf::anon_send(to, probe_atom_v, sent); });
}

void timers(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  auto& times = immortal<latencies>();
  finish_line finish;
  caf::anon_send(sys->spawn(late, &times, s.size, &finish), arm_atom_v);
  finish.wait();
  times.report_as("timers");
}

}  // namespace bench
