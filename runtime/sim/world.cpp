#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/sim/sim_platform.hpp>
#include <troupe/sim/world.hpp>
#include <utility>

namespace troupe::sim {

world::world(std::uint64_t seed, world_options options)
    : seed_(seed),
      options_(std::move(options)),
      random_(seed),
      record_(options_.lines_kept, options_.lines_to) {
  note("seed " + std::to_string(seed));
}

world::~world() {
  for (const auto& [name, h] : hosts_)
    check(h->places.empty(), "a system outlives the simulated world it runs in");
}

host& world::at(const std::string& name) {
  const auto found = hosts_.find(name);
  check(found != hosts_.end(), "there is no such host in this simulated world");
  return *found->second;
}

// ---- hosts

std::unique_ptr<port::platform> world::boot(const std::string& name) {
  auto& h = hosts_[name];
  // Its numbers follow from the seed and its name, so that another host does not change them.
  if (!h) {
    std::uint64_t mixed = seed_;
    for (const char c : name) mixed = prng{mixed ^ static_cast<unsigned char>(c)}.next();
    h = std::make_unique<host>(name, mixed);
  }
  check(h->places.empty(), "a host has one system at a time");
  h->state = host_state::up;
  ++h->life;
  note(name + " boots", {.host = name});
  return std::make_unique<sim_platform>(*this, *h);
}

void world::crash(const std::string& name) {
  host& h = at(name);
  if (h.state == host_state::buried) return;
  note(name + " crashes", {.host = name});
  h.buried_for = duration::zero();
  network_.crash(h);
  h.disk.crash(random_);
  h.state = host_state::buried;
  ++h.life;  // what it was waiting for comes to nobody
}

void world::pause(const std::string& name, bool stopped) {
  host& h = at(name);
  if (h.state == host_state::buried) return;
  note(name + (stopped ? " is paused" : " goes on"), {.host = name});
  h.state = stopped ? host_state::paused : host_state::up;
}

void world::skew_clock(const std::string& name, duration by) {
  note("the clock of " + name + " jumps by " + std::to_string(by.count()) + " ns", {.host = name});
  nudge_clock(name, by);
}

void world::attach(host& on, port::stepped& what) { on.places.push_back({&what, now_}); }

void world::detach(host& on, port::stepped& what) noexcept {
  std::erase_if(on.places, [&](const host::place& p) { return p.what == &what; });
}

void world::shut(host& h) noexcept {
  h.places.clear();
  if (h.state != host_state::buried) network_.crash(h);
  ++h.life;  // what was still to be told to it is told to nobody
  h.state = host_state::up;
}

time_point world::clock_of(host& h) const noexcept {
  h.read = std::max(h.read, now_ + h.offset + h.buried_for);
  return h.read;
}

std::uint64_t world::note(std::string what, line_facts about) {
  const auto found = hosts_.find(about.host);
  const std::uint64_t number = record_.add(now_, std::move(what), std::move(about));
  if (found != hosts_.end()) found->second->last_line = number;
  return number;
}

std::uint64_t world::note_of(const std::string& host, std::string what, line_facts about) {
  if (const auto found = hosts_.find(host);
      found != hosts_.end() && found->second->state == host_state::buried)
    return 0;
  about.host = host;
  return note(std::move(what), std::move(about));
}

void world::put_on(host& on, time_point when, event_list::deed what) {
  put(when, [this, &on, life = on.life, what = std::move(what)]() mutable {
    if (on.life != life) return;
    if (on.state == host_state::paused) return put_on(on, after(now_, milliseconds{1}), std::move(what));
    what();
  });
}

// ---- steps

time_point world::due_of(const host& h, const port::stepped& what) const noexcept {
  const time_point due = what.next_due();
  return due == never ? never : due - h.offset - h.buried_for;
}

// How many things could happen now (SW1), and when the next one could if none can.
std::uint64_t world::count_choices(time_point& next) {
  std::uint64_t count = events_.next_due() <= now_ ? 1 : 0;
  next = events_.next_due();
  quiet_ = true;
  for (const auto& [name, h] : hosts_) {
    if (h->state != host_state::up) continue;
    for (const auto& p : h->places) {
      const std::size_t ready = p.what->ready();
      const time_point due = due_of(*h, *p.what);
      if (ready > 0) quiet_ = false;
      if (p.busy_until > now_) {
        next = std::min(next, ready > 0 ? p.busy_until : std::max(due, p.busy_until));
        continue;
      }
      count += ready + (due <= now_ ? 1 : 0);
      next = std::min(next, due);
    }
  }
  return count;
}

void world::choose(std::uint64_t which) {
  if (events_.next_due() <= now_ && which-- == 0) return events_.take()();
  for (const auto& [name, h] : hosts_) {
    if (h->state != host_state::up) continue;
    for (std::size_t i = 0; i < h->places.size(); ++i) {
      host::place& p = h->places[i];
      if (p.busy_until > now_) continue;
      if (due_of(*h, *p.what) <= now_ && which-- == 0) {
        return as_turn([&] { p.what->fire(); });
      }
      const std::size_t ready = p.what->ready();
      if (which < ready) return run_turn(*h, *p.what, which);
      which -= ready;
    }
  }
}

/// Does `f`, in which nobody may wait (SW4).
template <class F>
void world::as_turn(F f) {
  struct back {
    bool& at;
    bool before;
    ~back() { at = before; }
  } const after_it{in_turn_, std::exchange(in_turn_, true)};
  f();
}

void world::refuse_wait_in_turn(const std::string& for_what) {
  if (!in_turn_) return;
  const cell* const runs = cell::current();
  error why{
      errc::invalid,
      (runs ? runs->path() : "what runs on a worker") + " waits for " + for_what +
          " inside of a turn. A simulation has one thread, and nobody else can run before the turn ends: "
          "write co_await ask<M>(...) in a handler, in on_start and in what is launched",
      {},
      runs ? runs->path() : std::string{}};
  if (!misused_) misused_ = why;
  throw failed{std::move(why)};
}

void world::run_turn(host& h, port::stepped& what, std::size_t which) {
  const duration before = std::exchange(charged_, duration::zero());
  as_turn([&] { what.run(which); });
  const auto spread = static_cast<std::uint64_t>((options_.turn_max - options_.turn_min).count());
  const duration took =
      options_.turn_min + duration{static_cast<duration::rep>(random_.below(spread + 1))} + charged_;
  charged_ = before;
  for (auto& p : h.places)
    if (p.what == &what) p.busy_until = after(now_, took);
}

bool world::step() {
  if (before_step_) before_step_();
  for (;;) {
    time_point next = never;
    const std::uint64_t choices = count_choices(next);
    if (choices == 0) {
      if (quiet_ && at_quiet_) at_quiet_();
      if (next == never) return false;
      now_ = std::max(now_, next);
      continue;
    }
    if (++steps_ > options_.steps_max)
      throw failed{
          {errc::invalid, "the simulation has made " + std::to_string(options_.steps_max) +
                              " steps: something in it goes on for ever, or steps_max is too small"}};
    choose(random_.below(choices));
    if (misused_) throw misuse{*std::exchange(misused_, {})};
    return true;
  }
}

// What is left of a crashed host does what destruction takes, oldest turn first, in a time of its own: no number is drawn, nothing noted.
bool world::step_buried(host& h) {
  for (auto& p : h.places)
    if (p.what->ready() > 0) {
      as_turn([&] { p.what->run(0); });
      return true;
    }
  time_point next = never;
  for (const auto& p : h.places) next = std::min(next, due_of(h, *p.what));
  if (next == never) return false;
  h.buried_for += std::max(next - now_, duration::zero());
  for (auto& p : h.places)
    if (due_of(h, *p.what) <= now_) {
      as_turn([&] { p.what->fire(); });
      return true;
    }
  return false;
}

bool world::wait(const std::function<bool()>& there, time_point until, const std::string& for_what) {
  refuse_wait_in_turn(for_what);
  if (until != never) put(until, [] {});
  for (;;) {
    if (there()) return true;
    if (until <= now_) return false;
    if (step()) continue;
    if (until != never) return false;
    throw failed{
        {errc::invalid, "the simulation waits for " + for_what + ", and nothing is left that could happen"}};
  }
}

bool world::wait_on(host& on, const std::function<bool()>& there, time_point until,
                    const std::string& for_what) {
  if (on.state != host_state::buried)
    return wait(there, until == never ? never : until - on.offset, for_what);
  refuse_wait_in_turn(for_what);
  for (;;) {
    if (there()) return true;
    if (until <= clock_of(on)) return false;
    if (step_buried(on)) continue;
    if (until != never) return false;
    throw failed{{errc::invalid, "the remains of " + on.name + " wait for " + for_what +
                                     ", and nothing of them could do it"}};
  }
}

}  // namespace troupe::sim
