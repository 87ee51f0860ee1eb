#include <array>
#include <troupe/statechart/machine.hpp>

namespace troupe::statechart {

bool machine::count_one(effects& out) {
  if (++chain_ <= chain_max_) return true;
  out.push_back({.what = effect_kind::overrun});
  return false;
}

void machine::act(const actions& wanted, state_id owner, effects& out) {
  for (const action& a : wanted) {
    timer_id t = a.timer;
    if (t.kind == timer_kind::state && t.of == no_state) t.of = owner;  // SM6
    switch (a.what) {
      case action_kind::start:
        if (t.kind == timer_kind::event) event_timer_ = true;
        if (t.kind != timer_kind::event && a.delay <= duration::zero()) {  // SM7
          if (!count_one(out)) return;
          out.push_back({.what = effect_kind::timer_due, .timer = t, .content = a.content});
        } else {
          out.push_back(
              {.what = effect_kind::start_timer, .timer = t, .delay = a.delay, .content = a.content});
        }
        break;
      case action_kind::cancel:
        out.push_back({.what = effect_kind::cancel_timer, .timer = t});
        break;
      case action_kind::insert:
        if (!count_one(out)) return;
        out.push_back({.what = effect_kind::insert, .event = a.event, .content = a.content});
        break;
    }
  }
}

void machine::go(state_id from, state_id to, effects& out) {
  const state_id around = from == no_state ? no_state : states_->around(from, to);
  for (state_id s = from; s != around; s = states_->parent(s)) {
    out.push_back({.what = effect_kind::leave, .state = s});
    out.push_back({.what = effect_kind::cancel_timer, .timer = {timer_kind::state, s}});  // SM3
  }
  out.push_back({.what = effect_kind::change, .state = to, .from = from});
  std::array<state_id, depth_max + 1> inward{};
  std::size_t n = 0;
  for (state_id s = to; s != around; s = states_->parent(s)) inward[n++] = s;
  while (n > 0) out.push_back({.what = effect_kind::enter, .state = inward[--n]});
}

effects machine::begin(const outcome& first) {
  effects out;
  const bool elsewhere = first.what == verdict::move;
  const state_id to = elsewhere ? states_->leaf_of(first.target) : states_->beginning();
  effects later;
  act(first.wanted, elsewhere ? first.target : to, later);
  go(no_state, to, out);
  // The change first, where there is no state yet to which a timer could belong. An enter action's timer counts all the same (SM5).
  const auto enters = out.begin() + 1;
  out.insert(enters, later.begin(), later.end());
  if (first.what == verdict::stop) out.push_back({.what = effect_kind::stop});
  return out;
}

effects machine::event_comes() {
  effects out;
  if (event_timer_) {  // SM4
    event_timer_ = false;
    out.push_back({.what = effect_kind::cancel_timer, .timer = {timer_kind::event, 0}});
  }
  return out;
}

effects machine::handled(state_id handler, const outcome& what) {
  effects out;
  const bool moves = what.what == verdict::move;
  const state_id to = moves ? states_->leaf_of(what.target) : state_;
  const bool changes = to != state_;
  const state_id owner = moves ? what.target : handler == any_state ? state_ : handler;
  put_aside_ = what.postpone && changes;
  if (put_aside_ && !count_one(out)) return out;

  effects own;
  act(what.wanted, owner, own);
  if (changes) {
    go(state_, to, out);
    // Behind what ends with the old state, before what the enter actions ask for.
    auto at = out.begin();
    while (at->what != effect_kind::change) ++at;
    out.insert(at + 1, own.begin(), own.end());
  } else {
    out.insert(out.end(), own.begin(), own.end());
    if (what.what == verdict::repeat) {
      out.push_back({.what = effect_kind::leave, .state = state_});
      out.push_back({.what = effect_kind::change, .state = state_, .from = state_});
      out.push_back({.what = effect_kind::enter, .state = state_});
    }
  }
  if (what.postpone) out.push_back({.what = effect_kind::put_aside});
  if (changes) out.push_back({.what = effect_kind::retry});
  if (what.what == verdict::stop) out.push_back({.what = effect_kind::stop});
  return out;
}

effects machine::entered(state_id s, const actions& wanted) {
  effects out;
  act(wanted, s, out);
  return out;
}

}  // namespace troupe::statechart
