// What a link to a peer does for links between actors here and there (PL11): asked for from here or from there, given up, ended, lost; and for
// who wants an actor of the peer to stop (PL20).
#include <algorithm>
#include <set>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/ref_token.hpp>
#include <troupe/cell/stop_wanted.hpp>
#include <troupe/node/remote_address.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe::detail {

namespace {

bool is_asked(const link_ids& known, std::uint32_t mine, std::uint32_t theirs) noexcept {
  return (known.mine != 0 && known.mine == mine) || (known.theirs != 0 && known.theirs == theirs);
}

// Of wishes that the peer may still object to; the oldest are forgotten, and fail in silence here.
constexpr std::size_t wishes_max = 1000;

/// Says that an actor of a peer was not stopped.
void tell_not_stopped(environment& env, std::string who, const error& why) {
  std::string reason{to_string(why.code)};
  if (!why.text.empty()) reason += ": " + wire::one_line(why.text);
  env.events().publish(
      {event_kind::dead_letter, env.now(), std::move(who), std::string{stop_mark}, std::move(reason)});
}

}  // namespace

// ---- asked for and given up here

std::uint64_t peer_link::link_number(const cell& linker, const remote_target& to, bool make) const {
  const std::lock_guard hold{mutex_};
  const far_link* one = to.number == 0 ? links_.to_path(linker.number(), to.path, false)
                                       : links_.between(linker.number(), to.run, to.number);
  // Whom that one is to is not known: so it may be to him.
  if (!one && !make) one = links_.to_path(linker.number(), to.path, true);
  return one ? one->id : make ? env_->next_id() : 0;
}

void peer_link::link(cell& linker, address_ptr far, const remote_target& to, std::uint64_t number,
                     std::uint32_t ask) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    want(after);
    far_link one{number, cell_ptr{&linker}, std::move(far), to.path, to.name, to.number, to.run,
                 to.in,  {ask, 0}};
    const far_link* known = links_.find(number);
    if (!known && to.number != 0) known = links_.between(linker.number(), to.run, to.number);
    if (known) {  // the other side has asked as well, and he has not heard of it yet (LK1)
      const std::uint64_t id = known->id;
      if (id != number) after.push_back([who = one.local, number, id] { who->link_is_that_of(number, id); });
      links_.change(id, [ask](far_link& l) {
        l.asked.mine = ask;
        l.told = false;
      });
      if (state_.phase() == link_phase::up) tell_link(id, after);
    } else if (state_.phase() == link_phase::closed ||
               (state_.phase() != link_phase::up && state_.is_declared_down())) {
      settle_later({std::move(one)}, {errc::unreachable, state_.reason(), {}, {}}, after);
    } else {
      links_.add(std::move(one));
      if (state_.phase() == link_phase::up) tell_link(number, after);
    }
  }
  for (auto& f : after) f();
}

// REQUIRES: the peer is up.
void peer_link::tell_link(std::uint64_t id, later& after) {
  const far_link* const one = links_.find(id);
  if (!one) return;  // it went while others were told
  error no;
  if ((both_can_.load(std::memory_order_relaxed) & wire::can_link) == 0)
    no = {errc::not_understood,
          "node " + peer_ + " knows no links between nodes; run the same release on both",
          {},
          {}};
  else if (one->run != 0 && one->run != state_.incarnation())
    no = {errc::stopped, "the actor lived in an earlier run of node " + peer_, {}, {}};
  else if (auto why = why_no_ends())
    no = std::move(*why);
  if (!no.text.empty()) return settle_later({links_.take(id)}, no, after);
  const auto ended = one->ended;
  if (ended)
    say_link_end(links_.take(id), *ended, after);
  else
    say_link(links_.change(id,
                           [&](far_link& l) {
                             l.told = true;
                             l.with = state_.paired();
                           }),
             after);
}

void peer_link::say_link(const far_link& one, later& after) {
  std::string frame;
  wire::link{outgoing_.next_number(), one.local->number(), one.asked.mine, one.local->path(), one.name}
      .encode(frame);
  keep(std::move(frame), one.in, after);
}

void peer_link::say_link_end(const far_link& one, const exit_reason& why, later& after) {
  if (one.ended) {  // the peer has not heard of the link yet
    say_link(one, after);
    if (state_.phase() != link_phase::up) return;
  }
  say(one.with ? one.with->incarnation : state_.incarnation().value_or(0),
      frame_for(wire::link_end{0, one.local->number(), one.number, one.asked.mine, one.asked.theirs, why}),
      {}, after);
}

void peer_link::unlink(cell& linker, std::uint64_t number, std::uint32_t ask) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    const far_link* known = links_.find(number);
    if (!known && ask != 0) known = links_.asked_here(linker.number(), ask);
    if (!known) return;  // it has ended
    const far_link one = links_.take(known->id);
    if (one.id != number)  // two have become one, and he has not heard of it yet
      after.push_back([one] { one.local->link_given_up_by(one.id, one.asked); });
    if (one.with)
      say(one.with->incarnation,
          frame_for(
              wire::unlink{0, linker.number(), one.number, one.told ? one.asked.mine : 0, one.asked.theirs}),
          one.in, after);
  }
  for (auto& f : after) f();
}

void peer_link::end_link(const link_ended& news, const remote_target& to) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    const far_link* one = to.number == 0 ? nullptr : links_.between(news.number(), to.run, to.number);
    if (!one) one = links_.asked_here(news.number(), news.which().theirs);
    if (!one) return;
    if (one->with)
      say_link_end(links_.take(one->id), news.reason(), after);
    else  // LB3
      links_.change(one->id, [&](far_link& l) { l.ended = news.reason(); });
  }
  for (auto& f : after) f();
}

void peer_link::want_end(address_ptr far, const remote_target& to) {
  const cell_ptr by = env_->resolve("/user");
  if (!by) return;  // the system is going down, and the link with it
  later after;
  {
    const std::lock_guard hold{mutex_};
    want(after);
    const bool waits = to.number != 0 ? links_.between(by->number(), to.run, to.number)
                                      : links_.to_path(by->number(), to.path, false);
    if (!waits) {
      if (++last_wish_ == 0) ++last_wish_;  // the numbers have come round: 0 is none
      far_link one{env_->next_id(), by, far, to.path, to.name, to.number, to.run, to.in, {last_wish_, 0}};
      const std::uint64_t id = one.id;
      one.ended = exit_reason{exit_kind::shutdown, {errc::stopped, {}, std::string{stop_mark}, {}}};
      if (state_.phase() == link_phase::closed ||
          (state_.phase() != link_phase::up && state_.is_declared_down())) {
        settle_later({std::move(one)}, {errc::unreachable, state_.reason(), {}, {}}, after);
      } else {
        wishes_.emplace_back(last_wish_, far->path());
        if (wishes_.size() > wishes_max) wishes_.pop_front();
        links_.add(std::move(one));
        if (state_.phase() == link_phase::up) tell_link(id, after);
      }
    }
  }
  for (auto& f : after) f();
}

// The peer has an objection to a link, which may be one that was to stop somebody.
void peer_link::forget_wish(const wire::link_end& m, later& after) {
  const auto one = std::find_if(wishes_.begin(), wishes_.end(),
                                [&](const auto& wish) { return wish.first == m.by_receiver; });
  if (one == wishes_.end()) return;
  if (m.reason.why.code != errc::stopped)  // else it has what it wants
    after.push_back(
        [env = env_, who = std::move(one->second), why = m.reason.why] { tell_not_stopped(*env, who, why); });
  wishes_.erase(one);
}

// ---- asked for, given up, ended there

void peer_link::linked_from(const peer_run& of, const wire::link& m) {
  const std::string name = std::to_string(m.from) + std::string{m.from_path};
  auto who = parse_local_token(name);
  const auto whom = parse_local_token(m.path);
  const bool is_permitted = !whom || gate_->may_link(*whom);
  // NM4. A resolver may start whom it is asked for, so it is not asked for who may not be linked to him.
  const address_ptr found = whom && (is_permitted || whom->path.starts_with("/user/"))
                                ? env_->names().reachable(*whom)
                                : address_ptr{};
  const cell_ptr local = found ? found->here() : cell_ptr{};
  later after;
  address_ptr far;
  std::uint64_t id = 0;
  {
    const std::lock_guard hold{mutex_};
    const auto at_once = [&](exit_kind kind, errc code, std::string text) {
      say(of.incarnation,
          frame_for(wire::link_end{
              0, 0, m.from, 0, m.ask, {kind, {code, std::move(text), {}, std::string{m.path}}}}),
          {}, after);
    };
    const far_link* const known = local ? links_.between(local->number(), of.incarnation, m.from) : nullptr;
    // An actor here that has asked for one with the same has let itself be ended by it. So has one whose ask, by the path of the other, is
    // still to be answered.
    const bool is_wanted =
        known || (local && who && links_.to_path(local->number(), std::string{who->path}, true) != nullptr);
    if (!is_permitted && !is_wanted) {  // PL12
      const error no = gate_->no_link(whom->path);
      after.push_back([gate = gate_, no] { gate->tell(no); });
      at_once(exit_kind::gone, no.code, no.text);
    } else if (!found) {
      at_once(exit_kind::gone, errc::stopped, "no actor lives there");
    } else if (!local) {
      at_once(exit_kind::unreachable, errc::not_found, "it is nothing that can be linked to");
    } else if (!who || who->number != m.from) {
      at_once(exit_kind::unreachable, errc::invalid, "who asks for the link has no path");
    } else if (!known && !links_.has_room(m.from_path.size())) {
      at_once(exit_kind::unreachable, errc::overloaded, "its node has as many links to this one as it takes");
    } else {
      if (known) {
        id = known->id;
        far = known->far;
        links_.change(id, [&](far_link& l) {
          l.asked.theirs = m.ask;
          l.with = of;
          l.may_stop = is_permitted;
        });
      } else {
        id = env_->next_id();
        who->incarnation = of.incarnation;
        remote_target to = target_at(options_, *who);
        far = address_ptr{new remote_address{peer_link_ptr{this}, to}};
        links_.add({id,
                    local,
                    far,
                    to.path,
                    to.name,
                    to.number,
                    to.run,
                    to.in,
                    {0, m.ask},
                    false,
                    of,
                    {},
                    is_permitted});
      }
      if (whom->number == 0)
        say(of.incarnation, frame_for(wire::linked{0, local->number(), m.from, m.ask}), {}, after);
    }
  }
  for (auto& f : after) f();
  if (!far) return;
  local->linked_by(far, id, m.ask);
  // If the peer was declared down just now, he has perhaps been told before he knew of the link.
  const bool is_over = [&] {
    const std::lock_guard hold{mutex_};
    return !links_.find(id);
  }();
  if (is_over)
    settle({id, local, far, {}, {}, 0, 0, {}, {0, m.ask}},
           {exit_kind::unreachable, {errc::unreachable, "that run of " + peer_ + " is over", {}, {}}});
}

void peer_link::unlinked_from(const peer_run& of, const wire::unlink& m) {
  link_ids which{m.by_receiver, m.by_sender};
  std::uint64_t id = 0;
  cell_ptr local;
  {
    const std::lock_guard hold{mutex_};
    const far_link* one = links_.between(m.to, of.incarnation, m.from);
    if (!one) one = links_.asked_there(of.incarnation, m.from, m.by_sender);
    if (!one || one->with != of) return;
    id = one->id;
    local = one->local;
    link_ids left = one->asked;
    if (left.mine == which.mine) left.mine = 0;
    if (left.theirs == which.theirs) left.theirs = 0;
    if (left.mine == 0 && left.theirs == 0)
      links_.take(id);
    else
      links_.change(id, [&](far_link& l) { l.asked = left; });
  }
  local->link_given_up_by(id, which);
}

void peer_link::link_is_to(const peer_run& of, const wire::linked& m) {
  std::uint64_t id = 0, known_as = 0;
  cell_ptr local;
  {
    const std::lock_guard hold{mutex_};
    const far_link* const one = links_.asked_here(m.to, m.ask);
    if (!one || one->number != 0 || one->with != of) return;
    id = one->id;
    local = one->local;
    if (const far_link* const known = links_.between(m.to, of.incarnation, m.from)) {
      known_as = known->id;
      const std::uint32_t ask = links_.take(id).asked.mine;
      links_.change(known_as, [ask](far_link& l) {
        if (l.asked.mine != 0 && !is_newer(ask, l.asked.mine)) return;
        l.asked.mine = ask;
        l.told = true;
      });
    } else {
      links_.change(id, [&](far_link& l) {
        l.number = m.from;
        l.run = of.incarnation;
      });
    }
  }
  if (known_as != 0) local->link_is_that_of(id, known_as);
}

void peer_link::link_ended_from(const peer_run& of, wire::link_end m) {
  const cell_ptr user = m.from == 0 ? env_->resolve("/user") : cell_ptr{};
  later after;
  {
    const std::lock_guard hold{mutex_};
    const far_link* one = links_.between(m.to, of.incarnation, m.from);
    if (!one)
      one = m.to != 0 ? links_.asked_here(m.to, m.by_receiver)  // nobody was there
                      : links_.asked_there(of.incarnation, m.from, m.by_sender);
    if (!one && user && user->number() == m.to) forget_wish(m, after);
    if (one && one->with == of && is_asked(one->asked, m.by_receiver, m.by_sender) &&
        // If both, it was refused before the other side has asked itself.
        !(m.from == 0 && one->asked.theirs != 0)) {
      if (!m.reason.why.path.empty()) m.reason.why.path = peer_ + ":" + m.reason.why.path;
      far_link ended = links_.take(one->id);
      if (ended.asked.mine == 0 && ended.may_stop && m.reason.why.type == stop_mark)
        after.push_back([who = std::move(ended.local)] { who->request_stop(exit_kind::shutdown); });
      else
        after.push_back([ended = std::move(ended), why = std::move(m.reason)] { settle(ended, why); });
    }
  }
  for (auto& f : after) f();
}

// ---- lost

void peer_link::settle(const far_link& one, const exit_reason& why) {
  if (one.ended) {  // his end waited to be told there, or was to stop the other
    if (one.ended->why.type == stop_mark) tell_not_stopped(one.local->env(), one.far->path(), why.why);
    return;
  }
  auto news = engine::make_envelope<link_ended>(link_ended_type, one.id, one.far, why, one.asked);
  news->counted = false;  // M9
  one.local->post(std::move(news));
}

void peer_link::settle_later(std::vector<far_link> all, error why, later& after) {
  if (all.empty()) return;
  after.push_back([all = std::move(all), why = exit_reason{exit_kind::unreachable, std::move(why)}] {
    // LB2: one whose other side is not known yet may be another's double.
    std::set<std::pair<const cell*, std::string>> told;
    for (const bool unknown : {false, true})
      for (const far_link& one : all) {
        if ((one.number == 0) != unknown) continue;
        if (told.emplace(one.local.get(), one.path).second || !unknown)
          settle(one, why);
        else
          one.local->link_given_up_by(one.id, one.asked);
      }
  });
}

void peer_link::session_over(const peer_run& of) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    held_.erase(of.incarnation);
    settle_later(links_.take_if([&](const far_link& one) { return one.with == of; }),
                 {errc::unreachable, "that run of " + peer_ + " is over", {}, {}}, after);
  }
  for (auto& f : after) f();
}

}  // namespace troupe::detail
