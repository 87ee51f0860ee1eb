// What a link does for watches (PL8): of actors of the peer from here, and of actors here from the peer. And how what must arrive is kept.
#include <troupe/cell/terminated.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <utility>

namespace troupe::detail {

// ---- from here

std::uint64_t peer_link::watch(address& watcher, address_ptr who, const remote_target& to) {
  later after;
  const std::uint64_t id = env_->next_id();
  {
    const std::lock_guard hold{mutex_};
    if (const far_watch* const known = book_.find(watcher, to.name, to.run)) return known->id;
    want(after);
    far_watch one{id, address_ptr{&watcher}, std::move(who), to.name, to.run, to.in};
    if (state_.phase() == link_phase::closed ||
        (state_.phase() != link_phase::up && state_.is_declared_down()))
      after.push_back(
          [one = std::move(one),
           why = exit_reason{exit_kind::unreachable, {errc::unreachable, state_.reason(), {}, {}}}] {
            settle(one, why);
          });
    else if (far_watch& added = book_.add(std::move(one)); state_.phase() == link_phase::up)
      tell_watch(added, after);
  }
  for (auto& f : after) f();
  return id;
}

// PL17. REQUIRES: the peer is up.
std::optional<error> peer_link::why_no_ends() const {
  if (state_.paired()->epoch != 0) return {};
  return error{errc::unreachable,
               "node " + peer_ +
                   " can't dial this node, so it can't tell of ends: set node.advertise here, or name " +
                   state_.settings().self.name + " in node.peers there",
               {},
               {}};
}

// REQUIRES: the peer is up.
void peer_link::tell_watch(far_watch& one, later& after) {
  if (one.run != 0 && one.run != state_.incarnation()) {
    after.push_back([one = std::move(*book_.take(one.id)), peer = peer_] {
      settle(one, {exit_kind::unreachable,
                   {errc::stopped, "the actor lived in an earlier run of node " + peer, {}, {}}});
    });
    return;
  }
  if (auto no = why_no_ends()) {
    after.push_back([one = std::move(*book_.take(one.id)),
                     why = exit_reason{exit_kind::unreachable, std::move(*no)}] { settle(one, why); });
    return;
  }
  one.told = true;
  std::string frame;
  wire::watch{outgoing_.next_number(), one.id, one.name}.encode(frame);
  keep(std::move(frame), one.in, after);
}

std::uint64_t peer_link::unwatch(address& watcher, const remote_target& to) {
  later after;
  std::optional<far_watch> one;
  {
    const std::lock_guard hold{mutex_};
    const far_watch* const known = book_.find(watcher, to.name, to.run);
    if (!known) return 0;
    one = book_.take(known->id);
    if (one->told) {
      std::string frame;
      wire::unwatch{outgoing_.next_number(), one->id}.encode(frame);
      keep(std::move(frame), one->in, after);
    }
  }
  for (auto& f : after) f();
  return one->id;
}

void peer_link::bury(std::uint64_t id, exit_reason why) {
  std::optional<far_watch> one;
  {
    const std::lock_guard hold{mutex_};
    one = book_.take(id);
  }
  if (!one) return;  // taken back meanwhile
  if (!why.why.path.empty()) why.why.path = peer_ + ":" + why.why.path;
  settle(*one, why);
}

void peer_link::settle(const far_watch& one, const exit_reason& why) {
  auto news = engine::make_envelope<terminated>(terminated_type, one.id, one.who, why);
  news->counted = false;  // M9
  one.watcher->post(std::move(news));
}

// ---- from the peer

void peer_link::tell_end(std::uint64_t incarnation, std::uint64_t id, const exit_reason& why) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    say(incarnation, frame_for(wire::obituary{0, id, why}), {}, after);
  }
  for (auto& f : after) f();
}

// ---- both

// To that run of the peer; in that lane, or behind both.
void peer_link::say(std::uint64_t incarnation, numbered_frame frame, std::optional<wire::lane> in,
                    later& after) {
  // It has been told already that nothing more will come from here, or will be when it comes back.
  if (state_.phase() == link_phase::closed || state_.is_declared_down()) return;
  // What goes behind both lanes goes behind what waits as well (K13).
  const bool waits = !in && state_.is_awaited();
  if (const auto& with = state_.paired(); with && with->incarnation == incarnation && !waits)
    keep(frame(outgoing_.next_number()), in, after);
  else
    hold(incarnation, std::move(frame), after);
}

// PL18
void peer_link::hold(std::uint64_t incarnation, numbered_frame frame, later& after) {
  const std::size_t own = frame(0).size();
  std::size_t bytes = own, frames = 1;
  for (const auto& [run, held] : held_) {
    bytes += held.bytes;
    frames += held.all.size();
  }
  if (bytes > options_.unsent_max)
    return apply(link_event::give_up{std::to_string(frames) + " system messages wait for a run of " + peer_ +
                                     " that this node has not reached yet"},
                 after);
  held_frames& to = held_[incarnation];
  to.bytes += own;
  to.all.push_back(std::move(frame));
}

// In that lane, or behind both.
void peer_link::keep(std::string frame, std::optional<wire::lane> in, later& after) {
  if (state_.phase() == link_phase::up) {
    if (in)
      pipe_.queue().add(*in, frame);
    else
      pipe_.queue().add_behind(frame);
    schedule();
  }
  if (!outgoing_.keep(std::move(frame)))
    apply(link_event::give_up{peer_ + " has not acknowledged " + std::to_string(outgoing_.unacknowledged()) +
                              " system messages"},
          after);
}

void peer_link::come_up(const link_effect::peer_up& e, later& after) {
  both_can_.store(e.capabilities, std::memory_order_relaxed);
  const bool joins = (e.capabilities & wire::can_join) != 0;
  pipe_.queue().cut(joins);
  takes_max_ = std::min<std::uint64_t>(e.message_max, joins ? ~std::uint64_t{0} : limits::frame_bytes_max);
  takes_max_ -= std::min<std::size_t>(takes_max_, encoded::front_bytes);
  std::string again;
  const std::uint64_t lost = outgoing_.go_on(e.system_frames, e.messages, again);
  if (!again.empty()) pipe_.queue().add_behind(std::move(again));  // there is nothing before it
  if (lost != 0) tell_lost(lost, after);
  lately_.forget();  // the others have arrived
  settle_later(
      links_.take_if([&](const far_link& one) { return one.with && one.with->incarnation != e.incarnation; }),
      {errc::unreachable, "another run of " + peer_ + " has come", {}, {}}, after);
  // Who is watched, and then told something, is watched by then.
  for (const std::uint64_t id : book_.untold())
    if (state_.phase() == link_phase::up) tell_watch(book_.at(id), after);
  for (const std::uint64_t id : links_.untold())
    if (state_.phase() == link_phase::up) tell_link(id, after);
  let_first_out(after);
  // Ends come behind what those have sent who have ended (M9).
  const auto held = std::exchange(held_, {});
  if (const auto frames = held.find(e.incarnation); frames != held.end())
    for (const auto& frame : frames->second.all) say(e.incarnation, frame, {}, after);
  schedule();
}

void peer_link::go_down(link_effect::declare_down& e, later& after) {
  outgoing_.begin_anew();
  lately_.forget();
  wishes_.clear();
  try_next_address(after);
  if (e.all_runs)
    held_.clear();
  else
    held_.erase(e.who->incarnation);
  later links;
  settle_later(
      links_.take_if([&](const far_link& one) { return e.all_runs || !one.with || one.with == e.who; }),
      {errc::unreachable, e.reason, {}, {}}, links);
  auto tell = [all = book_.take_all(), links = std::move(links),
               why = exit_reason{exit_kind::unreachable, {errc::unreachable, e.reason, {}, {}}}] {
    for (const far_watch& one : all) settle(one, why);
    for (const auto& f : links) f();
  };
  after.push_back([self = peer_link_ptr{this}, e = std::move(e), tell = std::move(tell)] {
    self->host_.declared_down(self->peer_, e, tell);
  });
}

std::uint64_t peer_link::epoch() const {
  const std::lock_guard hold{mutex_};
  return state_.epoch();
}

bool peer_link::is_declared_down() const {
  const std::lock_guard hold{mutex_};
  return state_.is_declared_down();
}

std::uint64_t peer_link::seen(const wire::hello& theirs, const std::optional<port::endpoint>& at,
                              bool moves) {
  later after;
  std::uint64_t epoch = 0;
  {
    const std::lock_guard hold{mutex_};
    says_ = at;
    if (at && moves) {
      at_ = *at;
      told_.clear();  // its own word counts
    }
    warn_of_none(theirs, after);
    apply(link_event::incarnation_seen{theirs.incarnation, theirs.epoch}, after);
    epoch = state_.epoch();
  }
  for (auto& f : after) f();
  return epoch;
}

}  // namespace troupe::detail
