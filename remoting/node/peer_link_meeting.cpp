// How a link gets to a peer that others have introduced, and what it does with what is sent to that meanwhile (PL24); and what the peer says of
// others (introductions.hpp).
#include <algorithm>
#include <memory>
#include <troupe/node/peer_link.hpp>
#include <troupe/node/sent_request.hpp>
#include <utility>

namespace troupe::detail {

// ---- where it is

void peer_link::learn(const std::vector<told_address>& where) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (state_.phase() == link_phase::closed) return;
    const auto is = [](const port::endpoint& at) {
      return [&at](const told_address& one) { return one.at == at; };
    };
    // What it is known by so far, if that is its own word.
    if (told_.empty() && std::none_of(where.begin(), where.end(), is(at_))) told_.push_back({at_, {}});
    const told_address* newest = nullptr;
    for (auto one = where.rbegin(); one != where.rend(); ++one) {
      if (std::any_of(told_.begin(), told_.end(), is(one->at))) continue;
      newest = &*one;
      told_.push_back(*one);
      if (told_.size() > told_max) told_.erase(told_.begin() + (told_.front().at == at_ ? 1 : 0));
    }
    if (!newest && state_.settings().when_wanted) return;
    const bool has_failed = !state_.reason().empty() && state_.phase() == link_phase::down;
    if (newest && has_failed && !state_.is_wanted()) at_ = newest->at;
    const auto used = std::find_if(told_.begin(), told_.end(), is(at_));
    apply(link_event::introduced{used == told_.end() ? std::string{} : used->by}, after);
  }
  for (auto& f : after) f();
}

// Under the lock. The peer is declared down: the attempt after that, if there is one, is made elsewhere.
void peer_link::try_next_address(later& after) {
  if (told_.size() < 2) return;
  auto next = std::find_if(told_.begin(), told_.end(), [this](const auto& one) { return one.at == at_; });
  if (next == told_.end() || ++next == told_.end()) next = told_.begin();
  at_ = next->at;
  apply(link_event::introduced{next->by}, after);
}

void peer_link::forget(std::string reason) {
  {
    const std::lock_guard hold{mutex_};
    told_.clear();
  }
  happened(link_event::forget{std::move(reason)});
}

std::optional<port::endpoint> peer_link::address_for(nearness whom) const {
  const std::lock_guard hold{mutex_};
  if (says_ && means_something(*says_, whom)) return says_;
  return means_something(at_, whom) ? std::optional{at_} : std::nullopt;
}

// ---- what waits for it

// Under the lock.
void peer_link::want(later& after) {
  if (state_.settings().when_wanted && state_.phase() == link_phase::down) apply(link_event::wanted{}, after);
}

// Under the lock. Why it can't wait.
std::optional<error> peer_link::wait_for_peer(ready_message& m) {
  const std::size_t bytes = m.payload.payload_bytes() + m.to->name.size() + sizeof(waiting_message);
  if (bytes > options_.unsent_max || first_bytes_ > options_.unsent_max - bytes)
    return error{errc::overloaded, "more than " + std::to_string(options_.unsent_max) +
                                       " bytes wait for node " + peer_ + ", which is being dialled"};
  first_bytes_ += bytes;
  address_ptr by{m.by};
  first_.push_back({std::move(m), std::move(by)});
  return {};
}

// Under the lock, when the peer has come up: what is sent from now on comes behind them (M3).
void peer_link::let_first_out(later& after) {
  if (first_.empty()) return;
  struct one {
    waiting_message message;
    engine::reply_slot_ptr slot = {};
    std::optional<error> no = {};
  };
  // All of it goes when the lock has been released (PL1).
  auto all = std::make_shared<std::vector<one>>();
  for (waiting_message& w : first_) all->push_back({std::move(w)});
  first_.clear();
  first_bytes_ = 0;
  for (one& o : *all) {
    ready_message& m = o.message.it;
    if (m.what->reply && m.what->reply->is_settled()) continue;  // its asker has given up
    const auto word = prepare(m);
    o.no = leave(m, word.get(), true, o.slot);
  }
  after.push_back([self = peer_link_ptr{this}, all = std::move(all)] {
    for (one& o : *all)
      if (o.no) self->refuse(std::move(o.message.it.what), o.message.it.to->path, std::move(*o.no));
  });
}

// Under the lock.
void peer_link::give_first_up(const std::string& reason, later& after) {
  if (first_.empty()) return;
  auto all = std::make_shared<std::deque<waiting_message>>(std::exchange(first_, {}));
  first_bytes_ = 0;
  after.push_back([self = peer_link_ptr{this}, all = std::move(all), reason] {
    for (waiting_message& w : *all)
      self->refuse(std::move(w.it.what), w.it.to->path, {errc::unreachable, reason});
  });
}

// ---- what it says of others

// Under the lock.
void peer_link::introduction_came(const wire::frame& f, later& after) {
  const std::uint64_t attempt = state_.attempt();
  auto body = wire::introduction::decode(f.body);
  if (!body) return apply(link_event::stream_ended{attempt, body.error().text}, after);
  apply(link_event::heard{attempt}, after);
  if ((both_can_.load(std::memory_order_relaxed) & wire::can_introduce) == 0) return;
  after.push_back([self = peer_link_ptr{this}, attempt, what = std::move(*body)] {
    const introductions::connection on{self.get(), attempt};
    self->host_.introduced(on, self->peer_, self->near_.load(std::memory_order_relaxed), what);
    bool is_over = false;
    {
      const std::lock_guard hold{self->mutex_};
      is_over = !self->pipe_.stream() || self->state_.attempt() != attempt;
    }
    if (is_over) self->host_.introducer_gone(on);  // which was told too early
  });
}

// Under the lock.
void peer_link::introductions_over(std::uint64_t attempt, later& after) {
  after.push_back([self = peer_link_ptr{this}, attempt] {
    self->host_.introducer_gone({self.get(), attempt});
  });
}

}  // namespace troupe::detail
