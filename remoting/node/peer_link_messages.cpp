// How a message to an actor of the peer is encoded and put into the queue, or refused (PL4, PL6, PL9, PL23), and what is said of those that a
// connection took with it (PL10).
#include <algorithm>
#include <troupe/actor/offer_queued.hpp>
#include <troupe/cell/message_facts.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/node/sent_request.hpp>
#include <troupe/wire/one_line.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// A message of this size is not copied behind its path and type, as it would be without a route.
constexpr std::size_t route_at_once_bytes = 4096;

bool is_offered(const engine::envelope& e) noexcept {
  return e.reply && &e.reply->reply_type() == &message_type_of<offer_queued>;
}

/// Says in `e` what was lost: one type and one sender where there is one, else each in brackets, `(2 bank.deposit from /user/teller, ...)`.
void describe_lost(environment& env, const std::vector<sent_lately::one>& last, event& e) {
  struct kind {
    sent_lately::one what;
    std::size_t count;
  };
  std::vector<kind> kinds;  // there are few (SL1)
  for (const auto& m : last) {
    const auto known = std::find_if(kinds.begin(), kinds.end(), [&m](const kind& k) { return k.what == m; });
    if (known != kinds.end())
      ++known->count;
    else
      kinds.push_back({m, 1});
  }
  if (kinds.empty()) return;
  if (kinds.size() == 1) {
    e.message = kinds[0].what.type->name;
    e.sender = sender_of(env, kinds[0].what.sender);
    return;
  }
  e.message = "messages";
  for (const kind& k : kinds) {
    e.content +=
        (e.content.empty() ? " (" : ", ") + std::to_string(k.count) + " " + std::string{k.what.type->name};
    if (const std::string from = sender_of(env, k.what.sender); !from.empty()) e.content += " from " + from;
  }
  if (e.number > last.size()) e.content += "; " + std::to_string(e.number - last.size()) + " before them";
  e.content += ")";
}

}  // namespace

void peer_link::tell_lost(std::uint64_t count, later& after) {
  event news{event_kind::messages_lost,     env_->now(), peer_, {}, "the connection they were on has ended",
             "they are not sent again (M4)"};
  news.number = count;
  after.push_back([env = env_, news = std::move(news), last = lately_.last(count)] {
    env->events().publish(news, [&](event& e) { describe_lost(*env, last, e); });
  });
}

void peer_link::refuse(engine::envelope_ptr e, const std::string& path, error why) noexcept {
  why.path = peer_ + ":" + path;
  const auto slot = std::move(e->reply);
  env_->dead_letter(std::move(e), why.path, error{why.code, why.text});  // counted before the asker is told
  if (slot) slot->fail(std::move(why));
}

error peer_link::why_not(const remote_target& to) const {
  if (state_.phase() != link_phase::up)
    return {errc::unreachable, state_.reason().empty() ? peer_ + " is not connected yet" : state_.reason()};
  if (to.run != 0 && to.run != state_.incarnation())
    return {errc::stopped, "the actor lived in an earlier run of node " + peer_};
  return {errc::overloaded, "more than " + std::to_string(options_.unsent_max) + " bytes wait for node " +
                                peer_ + (to.in == wire::lane::bulk ? " in the bulk lane" : "")};
}

std::optional<error> peer_link::why_misread(const message_type& type) const {
  const misread_message* const bad = misread(type);
  if (!bad) return {};
  return error{errc::not_understood, peer_ + " reads " + wire::one_line(to_line(*bad))};
}

std::optional<error> peer_link::why_too_large(std::size_t payload_bytes, const remote_target& to) const {
  const std::size_t size = payload_bytes + to.name.size();
  if (size <= takes_max_) return {};
  return error{errc::invalid, "a message of " + std::to_string(size) + " bytes is larger than the " +
                                  std::to_string(takes_max_) + " that node " + peer_ +
                                  " takes; send it in parts, or raise node.message_max on both"};
}

bool peer_link::is_there(const remote_target& to) const noexcept {
  return state_.phase() == link_phase::up && (to.run == 0 || to.run == state_.incarnation());  // PL6
}

// A lane of its own for what is large would be none if it took the others' room (PL14).
bool peer_link::is_full(wire::lane in) const noexcept {
  return pipe_.queue().unsent(in) > options_.unsent_max || offers_in(in).any();
}

void peer_link::send(engine::envelope_ptr e, address& by, const remote_target& to,
                     target_routes& routes) noexcept {
  ready_message m{std::move(e), &by, &to, &routes};
  if (auto no = encode(m)) {
    settle_rows();
    return refuse(std::move(m.what), to.path, std::move(*no));
  }
  if (keep_in_row(m)) return;
  settle_rows();
  leave_now(m, false);
}

// That has waited (PL14).
void peer_link::send_offer(waiting_offer& one) noexcept {
  ready_message m{std::move(one.what), one.by.get(), one.to, one.routes};
  if (auto no = encode(m)) return refuse(std::move(m.what), m.to->path, std::move(*no));
  leave_now(m, true);
}

// Why it can't be.
std::optional<error> peer_link::encode(ready_message& m) noexcept {
  // So nothing is encoded in vain while the peer is away. Acquire: pairs with the release in `apply`.
  if (const std::uint64_t run = up_run_.load(std::memory_order_acquire);
      run == 0 || (m.to->run != 0 && m.to->run != run)) {
    std::optional<error> no;
    later after;
    {
      const std::lock_guard hold{mutex_};
      if (!is_there(*m.to)) {
        want(after);
        if (!state_.is_awaited()) no = why_not(*m.to);
      }
    }
    for (auto& f : after) f();
    if (no) return no;
  }
  if (auto done = m.payload.put(*m.what->type, m.what->payload(), &env_->names()); !done)
    return std::move(done.error());
  if (is_worth_packing(options_, m.payload.payload_bytes(), both_can_.load(std::memory_order_relaxed)))
    m.payload.pack();
  if (!m.payload.is_plain() && !m.payload.other_nodes().empty())
    m.nodes = introductions_for(m.payload.other_nodes(), peer_, near_.load(std::memory_order_relaxed), host_);
  return {};
}

void peer_link::leave_now(ready_message& m, bool has_waited) noexcept {
  if (send_at_once(m)) return;
  const auto word = prepare(m);
  std::optional<error> no;
  engine::reply_slot_ptr slot;  // may be the last reference to it: goes when the lock has been released
  later after;
  {
    const std::lock_guard hold{mutex_};
    no = state_.is_awaited() ? wait_for_peer(m) : leave(m, word.get(), has_waited, slot);
    if (!no && pipe_.unsent() >= write_at_once_bytes) write(after);  // PL2
  }
  for (auto& f : after) f();
  if (no) refuse(std::move(m.what), m.to->path, std::move(*no));
}

// Under the lock. The way of most messages, ahead of all other cases: a tell by a route that the peer knows, with nothing about it that is rare.
bool peer_link::leave_at_once(ready_message& m) {
  const wire::lane in = m.to->in;
  const route_mark* const mark = m.routes->find(m.what->type->hash);
  if (!mark || !routes_.has(*mark, in) || agreement_ || !is_there(*m.to) || is_full(in) ||
      m.payload.payload_bytes() + m.to->name.size() > takes_max_)
    return false;
  wire::message_front front;
  front.routed_tell(mark->number, m.what->cause, m.payload.payload_bytes());
  pipe_.queue().add(in, m.payload.with_front(front));
  outgoing_.count_message();
  lately_.add(*m.what->type, m.what->cause);
  schedule();
  return true;
}

// False: it is as before.
bool peer_link::send_at_once(ready_message& m) {
  if (m.what->reply || m.what->options_at != 0 || !m.payload.is_plain() ||
      m.payload.payload_bytes() >= route_at_once_bytes)
    return false;
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (!leave_at_once(m)) return false;
    if (pipe_.unsent() >= write_at_once_bytes) write(after);  // PL2
  }
  for (auto& f : after) f();
  return true;
}

// What an ask needs besides its frame.
boost::intrusive_ptr<sent_request> peer_link::prepare(ready_message& m) {
  engine::envelope& e = *m.what;
  if (!e.reply) return {};
  m.request = next_request_.fetch_add(1, std::memory_order_relaxed);
  // PL19: `after` makes `never` of it again on the other side.
  m.time_left = e.deadline() == never ? duration::max() : e.deadline() - env_->now();
  if ((both_can_.load(std::memory_order_relaxed) & (wire::can_cancel | wire::can_probe)) == 0) return {};
  return new sent_request{*this, m.request};
}

// Under the lock. Why it can't; else it is in the queue, or waits as an offer, and `what` is none any more but for a tell's.
std::optional<error> peer_link::leave(ready_message& m, sent_request* word, bool has_waited,
                                      engine::reply_slot_ptr& slot) {
  const bool waits = !has_waited && is_full(m.to->in);
  const bool is_offer = is_offered(*m.what);
  if (!is_there(*m.to)) return why_not(*m.to);
  if (auto no = why_misread(*m.what->type)) return no;
  if (waits && is_offer) {
    offers_in(m.to->in).add(
        {std::move(m.what), address_ptr{m.by}, m.to, m.routes, m.payload.payload_bytes()});
    return {};
  }
  if (waits) return why_not(*m.to);
  if (is_offer && (both_can_.load(std::memory_order_relaxed) & wire::can_offer) == 0)
    return error{errc::invalid,
                 "node " + peer_ + " is of a release that takes no offers from other nodes: tell it"};
  if (auto no = why_too_large(m.payload.payload_bytes(), *m.to)) return no;
  if (auto done = put(m); !done) return std::move(done.error());
  outgoing_.count_message();
  lately_.add(*m.what->type, m.what->cause);
  if ((slot = std::move(m.what->reply))) open(m.request, word, slot, m.to->in);
  schedule();
  return {};
}

// Under the lock. The route of messages of that type to `to`, which the peer knows behind what waits in their lane; null: they are spelled out.
const route_mark* peer_link::take_route(target_routes& routes, std::uint64_t hash, const remote_target& to,
                                        bool at_once) {
  if ((both_can_.load(std::memory_order_relaxed) & wire::can_route) == 0 ||
      to.name.size() > wire::route_path_bytes_max)
    return nullptr;
  route_mark& mark = routes.of(hash);
  const auto how = routes_.use(mark, to.in, at_once);
  if (how == route_book::how::spelled_out) return nullptr;
  if (how == route_book::how::defined) {
    std::string frame;
    wire::route{mark.number, to.name, hash}.encode(frame);
    pipe_.queue().add(to.in, frame);
  }
  return &mark;
}

result<void> peer_link::put(ready_message& m) {
  encoded& message = m.payload;
  engine::envelope& e = *m.what;
  const remote_target& to = *m.to;
  const std::uint64_t request = m.request;
  const duration time_left = m.time_left;
  send_queue& queue = pipe_.queue();
  const std::uint64_t can = both_can_.load(std::memory_order_relaxed);
  if ((can & wire::can_pack) == 0) message.stay_plain();  // another connection than before (PL9)
  if ((can & wire::can_introduce) != 0)                   // PL23: urgent, so they are there before it
    for (const wire::introduction& node : m.nodes)
      if (introduced_.is_news(node)) node.encode(pipe_.urgent());
  wire::message_front front;
  if (is_offered(e)) front.offer();
  if (const auto* const o = e.options(); o && o->has_trace() && (can & wire::can_trace) != 0)
    front.trace({o->trace_high, o->trace_low, o->span, o->trace_flags});
  if (message.is_packed()) front.packed(message.payload_bytes());
  const route_mark* const mark =
      take_route(*m.routes, e.type->hash, to, message.leaving_bytes() >= route_at_once_bytes);
  if (!mark) {
    const std::string_view payload = message.leaving();
    std::string frames{front.bytes()};
    const auto done =
        e.reply ? wire::ask{request, time_left, to.name, e.type->hash, e.cause, payload}.encode(frames)
                : wire::tell{to.name, e.type->hash, e.cause, payload}.encode(frames);
    if (!done) return done.error();
    if (frames.size() < send_queue::worth_moving)
      queue.add(to.in, frames);
    else
      queue.add(to.in, std::move(frames), 0);
    return {};
  }
  if (e.reply)
    front.routed_ask(request, time_left, mark->number, e.cause, message.leaving_bytes());
  else
    front.routed_tell(mark->number, e.cause, message.leaving_bytes());
  message.leave(queue, to.in, front);
  return {};
}

}  // namespace troupe::detail
