#include <charconv>
#include <troupe/pattern/pool_body.hpp>

namespace troupe::detail {
namespace {

std::string milliseconds_of(duration d) {
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

router_ptr router_of(router_ptr given, const pool_plan& plan) {
  if (given) return given;
  cell& self = *cell::current();
  const router_ptr own{new router_address{self.env(), plan.strategy(self.env())}};
  own->managed_by(cell_ptr{&self});
  return own;
}

}  // namespace

pool_body::pool_body(router_ptr router, pool_plan_ptr plan)
    : self_(*cell::current()),
      router_(router_of(router, *plan)),
      plan_(std::move(plan)),
      starts_itself_(!router),
      window_(plan_->restarts_max, plan_->restart_period) {}

result<pool_body::seat> pool_body::take_seat(environment& env, const cell_ptr& pool, const pool_plan& plan,
                                             std::size_t number) {
  try {
    cell_props props = plan.member(env);
    props.name = std::to_string(number);
    auto made = cell::spawn(env, pool, std::move(props));
    if (!made) return made.error();
    seat taken;
    taken.member.reset(new route_member{address_ptr{*made}, std::to_string(number)});
    taken.who = std::move(*made);
    return taken;
  } catch (...) {  // no such dispatcher; or what copying an argument threw
    return current_exception_error(errc::start_failed);
  }
}

std::vector<member_ptr> pool_body::members_of(const seats& all) {
  std::vector<member_ptr> out;
  out.reserve(all.size());
  for (const auto& [number, s] : all)
    if (s.member) out.push_back(s.member);
  return out;
}

pool_body::seats::iterator pool_body::seat_of(const cell& child) {
  std::size_t number = 0;
  const std::string_view name = child.given_name();
  std::from_chars(name.data(), name.data() + name.size(), number);
  const auto at = seats_.find(number);
  return at != seats_.end() && at->second.who.get() == &child ? at : seats_.end();
}

// ---- start

bool pool_body::start_body() {
  if (!starts_itself_) return false;  // `adopt` follows
  to_start_ = plan_->size;
  for (std::size_t number = 1; number <= plan_->size; ++number)
    seats_.emplace(number, take_seat(self_.env(), cell_ptr{&self_}, *plan_, number).value());
  return false;  // when the last of them has started
}

void pool_body::adopt(seats all) {
  seats_ = std::move(all);
  self_.start_finished({});
  for (const auto& [who, reason] : std::exchange(gone_early_, {})) child_stopped(*who, reason);
}

void pool_body::child_started(cell& child, bool again) {
  const auto at = seat_of(child);
  if (at == seats_.end()) return;
  if (at->second.waits) at->second.waits->worked(self_.env().now());
  if (again) {
    event news{event_kind::actor_restarted,        self_.env().now(), child.path(), {}, {},
               "serves again in its old cell (S6)"};
    news.number = child.incarnation();
    self_.env().events().publish(news);
  }
  if (to_start_ == 0 || --to_start_ != 0) return;
  router_->publish(members_of(seats_));
  self_.start_finished({});
}

// ---- members that end

void pool_body::child_failed(cell& child, const failure& why) {
  const auto at = seat_of(child);
  if (to_start_ != 0 && starts()) {  // S4: the start of a pool is that of all its members
    error text = why.why;
    text.text = "member " + child.own_name() + " failed to start: " + text.text;
    return self_.start_finished(std::move(text));
  }
  if (!starts() && !runs()) return;  // a pool that has failed, or stops, takes its members along
  if (!should_restart(plan_->restart, exit_kind::failed)) {
    self_.env().events().publish(
        {event_kind::actor_failed, self_.env().now(), child.path(), why.message, to_string(why.why),
         "stopping it: members are " + std::string{to_string(plan_->restart)} + " (PO2)"});
    child.request_stop({exit_kind::failed, why.why});
    if (at != seats_.end()) leave(at);
    return;
  }
  if (!within_limit(event_kind::actor_failed, child, why.message, why.why, why.counts, "restarting it: "))
    return give_up(why.why);
  if (at == seats_.end())  // before `adopt`
    child.request_restart();
  else
    after_wait(at, &pool_body::restart);
}

void pool_body::restart(std::size_t number) {
  const auto at = seats_.find(number);
  // One that was stopped meanwhile does nothing when it is told.
  if (at != seats_.end() && at->second.who) at->second.who->request_restart();
}

void pool_body::child_stopped(cell& child, const exit_reason& reason) {
  const auto at = seat_of(child);
  if (at == seats_.end()) {
    if (starts()) gone_early_.emplace_back(&child, reason);
    return;
  }
  if (to_start_ != 0 && starts())
    return self_.start_finished(
        error{errc::start_failed,
              "member " + child.own_name() + " stopped while the pool started: " + to_string(reason)});
  if (at->second.timer) at->second.timer->cancel();
  const bool left = at->second.leaves;
  if (left || !should_restart(plan_->restart, reason.kind)) {
    leave(at);
    seats_.erase(at);
    if (!left)
      self_.env().events().publish(
          {event_kind::actor_stopped,
           self_.env().now(),
           child.path(),
           {},
           to_string(reason),
           "not replaced: members are " + std::string{to_string(plan_->restart)} + " (PO2)"});
    return end_if_empty();
  }
  at->second.who = nullptr;
  at->second.member = nullptr;
  if (!runs()) return;
  const error why{errc::stopped, "member " + child.own_name() + " stopped: " + to_string(reason)};
  if (!within_limit(event_kind::actor_stopped, child, {}, why, true, "replacing it: ")) return give_up(why);
  if (plan_->backoff) router_->publish(members_of(seats_));  // nobody is there for a while
  after_wait(at, &pool_body::refill);
}

void pool_body::refill(std::size_t number) {
  if (!seats_.contains(number) || seats_.at(number).who) return;
  if (!fill(number)) return;
  router_->publish(members_of(seats_));
}

bool pool_body::fill(std::size_t number) {
  auto made = take_seat(self_.env(), cell_ptr{&self_}, *plan_, number);
  if (!made) {
    give_up({made.error().code, "member " + std::to_string(number) + " can't be made: " + made.error().text});
    return false;
  }
  seat& s = seats_[number];
  s.who = std::move(made->who);
  s.member = std::move(made->member);
  return true;
}

// It gets nothing new from here on.
void pool_body::leave(seats::iterator at) {
  at->second.leaves = true;
  if (std::exchange(at->second.member, nullptr)) router_->publish(members_of(seats_));
}

void pool_body::end_if_empty() {
  if (seats_.empty() && runs()) self_.stop_self();
}

bool pool_body::within_limit(event_kind kind, const cell& child, std::string message, const error& why,
                             bool counts, const char* what) {
  const time_point now = self_.env().now();
  const bool within = !counts || window_.record(now);
  const std::string count = std::to_string(window_.recent(now)) + " of " +
                            std::to_string(window_.intensity()) + " restarts in " +
                            milliseconds_of(window_.period());
  event news{kind,           now,
             child.path(),   std::move(message),
             to_string(why), within ? what + count + " (PO2)" : "the pool's restarts are used up (PO2)"};
  news.number = child.incarnation();
  self_.env().events().publish(news);
  return within;
}

void pool_body::after_wait(seats::iterator at, void (pool_body::*then)(std::size_t number)) {
  const std::size_t number = at->first;
  if (!plan_->backoff) return (this->*then)(number);
  seat& s = at->second;
  if (!s.waits) s.waits.emplace(*plan_->backoff);
  if (!random_) random_.emplace(self_.env().platform().entropy().next());
  if (s.timer) s.timer->cancel();
  const duration wait = s.waits->next_delay(self_.env().now(), *random_);
  s.timer = cell_timer::start(self_, self_.env().from_now(wait), [this, number, then](cell&) {
    if (const auto due = seats_.find(number); due != seats_.end()) due->second.timer = nullptr;
    if (runs()) (this->*then)(number);
  });
}

void pool_body::give_up(const error& last) {
  router_->publish({});
  error why{errc::handler_failed, "too many of its members failed; the last: " + to_string(last)};
  self_.env().events().publish({event_kind::escalated,
                                self_.env().now(),
                                self_.path(),
                                {},
                                to_string(why),
                                "fails to its parent (S3)"});
  self_.fail(std::move(why), nullptr);
}

// ---- their number

void pool_body::resize(std::size_t size) {
  std::size_t active = 0;
  for (const auto& [number, s] : seats_) active += !s.leaves;
  std::vector<member_ptr> leaving;  // let go at the end: behind the set without them
  for (auto at = seats_.rbegin(); at != seats_.rend() && active > size; ++at) {
    seat& s = at->second;
    if (s.leaves) continue;
    s.leaves = true;
    --active;
    if (!s.member) continue;
    s.member->retire(cell_ptr{&self_});
    leaving.push_back(std::exchange(s.member, nullptr));
  }
  // Where nobody was, and somebody was to be put after a wait, there is nobody to wait for.
  std::erase_if(seats_, [](auto& one) {
    if (!one.second.leaves || one.second.who) return false;
    if (one.second.timer) one.second.timer->cancel();
    return true;
  });
  for (std::size_t number = 1; active < size; ++number) {
    if (seats_.contains(number)) continue;
    if (!fill(number)) return;
    ++active;
  }
  router_->publish(members_of(seats_));
}

}  // namespace troupe::detail
