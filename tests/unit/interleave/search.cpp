#include "unit/interleave/search.hpp"

#include <algorithm>
#include <bit>
#include <troupe/base/check.hpp>

namespace interleave {

void search::begin() {
  depth_ = 0;
  clocks_ = {};
  for (auto& q : put_) q.clear();
  for (auto& m : meetings_) {
    m.steps.clear();
    m.writes = m.all = {};
  }
}

unsigned search::choose(const machine& m, proc_set enabled, unsigned current) {
  if (depth_ < points_.size()) {
    const point& p = points_[depth_++];
    troupe::check(p.enabled == enabled, "the program depends on something besides the schedule");
    return p.chosen;
  }
  point p;
  p.enabled = enabled;
  p.current = current;
  p.sleeping = options_.reduce ? still_sleeping(m) : 0;
  if (!points_.empty()) {
    const point& last = points_.back();
    p.preemptions = last.preemptions + (preempts(last, last.chosen) ? 1 : 0);
  }
  const proc_set free = options_.reduce ? enabled & ~p.sleeping : within_bound(p);
  if (free == 0) return nobody;  // whatever can go on has been tried
  // Going on with the same thread keeps the first schedules easy to read, and the fibers from changing.
  p.chosen = has(free, current) ? current : static_cast<unsigned>(std::countr_zero(free));
  p.wanted = options_.reduce ? only(p.chosen) : free;
  points_.push_back(p);
  ++depth_;
  return p.chosen;
}

bool search::preempts(const point& p, unsigned proc) const {
  return proc < threads_max && proc != p.current && has(p.enabled, p.current);
}

proc_set search::within_bound(const point& p) const {
  if (!options_.preemptions_max || p.preemptions < *options_.preemptions_max) return p.enabled;
  proc_set out = 0;
  for (unsigned q = 0; q < procs_max; ++q)
    if (has(p.enabled, q) && !preempts(p, q)) out |= only(q);
  return out;
}

proc_set search::still_sleeping(const machine& m) const {
  if (points_.empty()) return 0;
  const point& last = points_.back();
  const proc_set candidates = (last.sleeping | last.tried) & ~only(last.chosen);
  proc_set out = 0;
  for (unsigned q = 0; q < procs_max; ++q)
    if (has(candidates, q) && !conflict(last.taken, m.next_of(q))) out |= only(q);
  return out;
}

// What happened before the step, besides what it meets at its places.
vector_clock search::before(unsigned proc, const step& s) const {
  vector_clock known = clocks_[proc];
  if (proc >= threads_max)
    known.join(put_[proc - threads_max].front());
  else if (s.drains())
    known.join(clocks_[threads_max + proc]);
  return known;
}

void search::done(unsigned proc, const step& taken) {
  const auto index = static_cast<std::uint32_t>(depth_);  // of the point, from 1
  points_[depth_ - 1].taken = taken;
  if (!options_.reduce) return;
  vector_clock clock = before(proc, taken);
  if (depth_ > fresh_) find_races(proc, taken, clock);
  for (const touch& t : touched(taken)) {
    if (t.at == nowhere) continue;
    if (meetings_.size() <= t.at) meetings_.resize(t.at + 1);
    clock.join(t.writes ? meetings_[t.at].all : meetings_[t.at].writes);
  }
  clock.at[proc] = index;
  clocks_[proc] = points_[depth_ - 1].clock = clock;
  for (const touch& t : touched(taken)) {
    if (t.at == nowhere) continue;
    meeting& at = meetings_[t.at];
    at.steps.push_back({proc, index, t.writes});
    at.all.join(clock);
    if (t.writes) at.writes.join(clock);
  }
  if (taken.what == action::put) put_[proc].push_back(clock);
  if (proc >= threads_max) put_[proc - threads_max].pop_front();
}

// Whether the second step could not be taken before the first: a lock behind its unlock, a park behind the unpark that
// brought its token.
bool search::enables(const step& first, const step& second) {
  return (second.what == action::lock && first.what == action::unlock) ||
         (second.what == action::park && first.what == action::unpark && !first.in_vain);
}

// Those earlier steps that this one could have come before: they conflict with it, and nothing that had to come
// between them did.
void search::find_races(unsigned proc, const step& s, const vector_clock& known) {
  for (const touch& t : touched(s)) {
    if (t.at == nowhere || t.at >= meetings_.size()) continue;
    const auto& steps = meetings_[t.at].steps;
    bool found = false;
    for (auto e = steps.rbegin(); e != steps.rend(); ++e) {
      if (!t.writes && !e->writes) continue;
      point& there = points_[e->index - 1];
      const bool ordered = e->proc == proc || known.at[e->proc] >= e->index;
      if (!ordered && s.what == action::expel) {
        // Whether it could have gone on before that step is hard to say, so everything is tried there.
        there.wanted |= there.enabled;
        continue;
      }
      if (!ordered && enables(there.taken, s)) continue;  // that one can't come second
      if (!ordered && !(found && e->writes)) want(e->index, proc, s, known);
      found = true;
      if (e->writes) break;  // whatever is before it is ordered before it
    }
  }
}

// Sees to it that what came after the step at `index` without needing it, and then `proc`, is tried before it.
// Any proc that such a sequence may begin with will do (a source set: Abdulla, Aronis, Jonsson, Sagonas: Optimal
// Dynamic Partial Order Reduction, 2014).
void search::want(std::uint32_t index, unsigned proc, const step& s, const vector_clock& known) {
  point& p = points_[index - 1];
  const auto follows = [](const vector_clock& clock, const point& earlier, std::uint32_t at) {
    return clock.at[earlier.chosen] >= at;
  };
  std::vector<std::uint32_t> without;  // the sequence
  proc_set seen_procs = 0, first = 0;
  for (auto j = index + 1; j < depth_; ++j) {
    const point& later = points_[j - 1];
    if (follows(later.clock, p, index)) continue;
    const bool begins = std::none_of(without.begin(), without.end(), [&](std::uint32_t k) {
      return follows(later.clock, points_[k - 1], k);
    });
    if (begins && !has(seen_procs, later.chosen)) first |= only(later.chosen);
    seen_procs |= only(later.chosen);
    without.push_back(j);
  }
  const bool begins = std::none_of(without.begin(), without.end(), [&](std::uint32_t k) {
    return follows(known, points_[k - 1], k) || conflict(points_[k - 1].taken, s);
  });
  if (begins && !has(seen_procs, proc)) first |= only(proc);
  if ((first & (p.wanted | p.sleeping)) != 0) return;
  first &= p.enabled;
  p.wanted |= first != 0 ? only(static_cast<unsigned>(std::countr_zero(first))) : p.enabled;
}

bool search::advance() {
  while (!points_.empty()) {
    point& p = points_.back();
    p.tried |= only(p.chosen);
    if (const proc_set left = p.wanted & ~p.tried & ~p.sleeping; left != 0) {
      p.chosen = static_cast<unsigned>(std::countr_zero(left));
      fresh_ = points_.size() - 1;
      return true;
    }
    points_.pop_back();
  }
  return false;
}

}  // namespace interleave
