// How a tell or an ask that has come gets to its actor (IN3, IN12, IN16).
#include <algorithm>
#include <troupe/actor/offer_queued.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/cycle_probe.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/node/far_session.hpp>
#include <troupe/node/inbound.hpp>
#include <troupe/node/unpacked.hpp>
#include <troupe/sys/answering.hpp>
#include <troupe/sys/sys_address.hpp>
#include <troupe/wire/one_line.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// The path in what a frame has: without number and seal.
std::string_view path_in(std::string_view name) noexcept {
  return name.substr(std::min(name.find('/'), name.size()));
}

/// A message type larger than this may not have room for a rare part in its envelope, so it has no trace.
constexpr std::size_t options_payload_max = 500'000;

}  // namespace

// IN24
void inbound::take_tells() {
  for (wire::frame f; reader_.sees(f) && tell_at_once(f);) {
    reader_.pass(f);
    // Acquire: as in `take_frames`.
    if (closing_.load(std::memory_order_acquire)) return;
  }
}

// False: nothing has come of it.
bool inbound::tell_at_once(const wire::frame& f) {
  wire::routed_tell m;
  if (f.kind != wire::frame_kind::routed_tell || next_trace_ || next_packed_ != 0 || next_is_offer_ ||
      !wire::routed_tell::read(f.body, m) || m.route >= routes_.size())
    return false;
  const known_route& r = routes_[m.route];
  if (!r.to || !r.type->decode || r.to->has_ended()) return false;
  auto e = engine::allocate_envelope(*r.type);
  byte_reader in{m.payload, &env_->names(), static_cast<const ref_guest*>(&reads_for_->gate()), &reader_};
  try {
    if (!r.type->decode(e->payload(), in)) return false;
  } catch (...) {
    return false;
  }
  e->type = r.type;
  e->cause = m.cause ? m.cause | engine::cause_elsewhere : 0;
  ++read_;
  r.to->post_in_row(std::move(e));
  return true;
}

// False: it is a frame of another kind.
result<bool> inbound::message(const wire::frame& f) {
  switch (f.kind) {
    case wire::frame_kind::routed_tell: {
      const auto body = wire::routed_tell::decode(f.body);
      if (!body) return body.error();
      if (!is_route(body->route)) break;
      by_route(body->route, {{}, {}, body->cause, body->payload});
      return true;
    }
    case wire::frame_kind::routed_ask: {
      const auto body = wire::routed_ask::decode(f.body);
      if (!body) return body.error();
      if (!is_route(body->route)) break;
      by_route(body->route, {body->request, body->time_left, body->cause, body->payload});
      return true;
    }
    case wire::frame_kind::tell: {
      const auto body = wire::tell::decode(f.body);
      if (!body) return body.error();
      destination where{body->path, body->type_hash};
      find(where);
      deliver(where, {{}, {}, body->cause, body->payload});
      return true;
    }
    case wire::frame_kind::ask: {
      const auto body = wire::ask::decode(f.body);
      if (!body) return body.error();
      destination where{body->path, body->type_hash};
      find(where);
      deliver(where, {body->request, body->time_left, body->cause, body->payload});
      return true;
    }
    case wire::frame_kind::trace: {
      const auto body = wire::trace::decode(f.body);
      if (!body) return body.error();
      next_trace_ = *body;
      return true;
    }
    case wire::frame_kind::offer: {
      const auto body = wire::offer::decode(f.body);
      if (!body) return body.error();
      next_is_offer_ = true;
      return true;
    }
    case wire::frame_kind::packed: {
      const auto body = wire::packed::decode(f.body);
      if (!body) return body.error();
      if (body->size > options_.message_max)
        return error{errc::decode_error, "a packed message of " + std::to_string(body->size) +
                                             " bytes is larger than the limit of " +
                                             std::to_string(options_.message_max)};
      next_packed_ = body->size;
      return true;
    }
    case wire::frame_kind::route: {
      const auto done = define(f);
      if (!done) return done.error();
      return true;
    }
    default:
      return false;
  }
  return error{errc::decode_error, "a message by a route that was not defined"};
}

result<void> inbound::define(const wire::frame& f) {
  const auto body = wire::route::decode(f.body);
  if (!body) return body.error();
  if (!route_order_.comes(body->number))
    return error{errc::decode_error, "route " + std::to_string(body->number) + " came out of turn"};
  if (body->number >= routes_.size()) routes_.resize(body->number + 1);
  routes_[body->number] = {std::string{body->path}, body->type_hash, {}, nullptr, false};
  return {};
}

bool inbound::is_route(std::uint32_t number) const noexcept {
  return number < routes_.size() && !routes_[number].path.empty();
}

void inbound::by_route(std::uint32_t number, const arrived& m) {
  known_route& r = routes_[number];
  destination where{r.path, r.type_hash};
  if (r.to && !r.to->has_ended()) {
    where.to = where.at = r.to.get();
    where.type = r.type;
    where.is_permitted = true;
  } else {
    r.to = nullptr;
    where.is_permitted = r.is_permitted;
    find(where);
    r.is_permitted = where.is_permitted;
    if (where.is_permitted && where.to && where.type) {
      const cell_ptr here = where.to->here();
      if (here && static_cast<address*>(here.get()) == where.to) {
        r.to = here;
        r.type = where.type;
      }
    }
  }
  deliver(where, m);
}

void inbound::find(destination& where) {
  const auto what = parse_local_token(where.path);
  if (!what) {  // it leads nowhere, for anybody
    where.is_permitted = true;
    return;
  }
  const peer_gate& gate = reads_for_->gate();
  const auto some = [&](std::string_view type) { return gate.may_send(*what, type); };
  const rights::reach reach = where.is_permitted ? rights::reach::all : gate.to(*what);
  where.is_permitted =
      reach == rights::reach::all || (reach == rights::reach::some && some(type_name(where)));
  // A resolver may start whom it is asked for, so it is not asked for who may not reach him.
  if (!where.is_permitted && !(reach == rights::reach::some && what->path.starts_with("/user/"))) return;
  // Only what users start can be reached from outside; the system's own actors can't (NM4).
  where.found = env_->names().reachable(*what);
  where.to = where.found.get();
  if (!where.to) return;
  const actor_class* const kind = where.to->understands();
  where.type = kind && where.type_hash != 0 ? kind->find(where.type_hash) : nullptr;
  if (!where.type) find_system_side(where);
  // Its class may be the only one here that knows the type.
  if (!where.is_permitted && where.type) where.is_permitted = some(where.type->name);
}

std::string inbound::type_name(const destination& where) const {
  const message_type* const type = where.type ? where.type : sys::message_with(where.type_hash);
  return type ? std::string{type->name} : env_->message_name(where.type_hash);
}

// IN14
void inbound::find_system_side(destination& where) {
  const message_type* const type = sys::message_with(where.type_hash);
  if (!type) return;
  where.type = type;
  where.is_system_side = true;
  where.found = address_ptr{new sys_address{std::move(where.found)}};
  where.to = where.found.get();
}

void inbound::refuse(const destination& where, const arrived& m, errc code, std::string text) {
  engine::worker::send_kept();
  const std::string_view path = path_in(where.path);
  event news{event_kind::dead_letter, env_->now(), wire::one_line(path), {}, std::string{to_string(code)}};
  if (code == errc::decode_error) news.reason += ": " + wire::one_line(text);
  if (where.type) news.message = where.type->name;
  env_->events().publish(std::move(news), [&](event& e) {
    if (e.message.empty()) e.message = env_->message_name(where.type_hash);
    e.sender = peer_;
    if (m.cause != 0) e.sender += ":actor " + std::to_string(m.cause & ~engine::cause_elsewhere);
  });
  answer_no(m, {code, std::move(text), {}, std::string{path}});
}

// IN17
void inbound::refuse_more(const destination& where, const arrived& m) {
  refuse(where, m, errc::overloaded,
         "node " + peer_ + " has " + std::to_string(options_.requests_max) +
             " asks open on this node already (node.requests_max)");
}

void inbound::forbid(const destination& where, const arrived& m) {
  engine::worker::send_kept();
  const std::string type = type_name(where);
  error no = reads_for_->gate().no_send(path_in(where.path), type);
  reads_for_->gate().tell(no, type);
  answer_no(m, std::move(no));
}

void inbound::answer_no(const arrived& m, error why) {
  if (!m.request) return;
  std::string frame;
  wire::failure{*m.request, std::move(why)}.encode(frame);
  append(wire::lane::ordinary, frame);
}

void inbound::deliver(const destination& where, const arrived& m) {
  ++read_;
  const std::optional<wire::trace> trace = std::exchange(next_trace_, {});
  const bool is_offer = std::exchange(next_is_offer_, false) && m.request;
  const std::uint64_t packed = std::exchange(next_packed_, 0);
  if (!where.is_permitted) return forbid(where, m);
  if (!where.to) return refuse(where, m, errc::stopped, "no actor lives there");
  const message_type* const type = where.type;
  if (!type || !type->decode || (is_offer && where.is_system_side))
    return refuse(where, m, errc::not_understood, "it does not understand this message");
  if (where.is_system_side && !options_.system_messages)
    return refuse(where, m, errc::refused,
                  "node " + options_.name +
                      " lets no peer look into its actors or suspend them; set "
                      "node.system_messages = true there");
  unpacked room;
  const auto payload = room.of(m.payload, packed);
  if (!payload)
    return refuse(where, m, errc::decode_error,
                  std::string{type->name} + " does not decode: " + payload.error().text);
  auto e = engine::allocate_envelope(*type, trace && type->size <= options_payload_max);
  byte_reader in{*payload, &env_->names(), static_cast<const ref_guest*>(&reads_for_->gate()),
                 packed == 0 ? &reader_ : nullptr};
  try {
    if (!type->decode(e->payload(), in))
      return refuse(where, m, errc::decode_error,
                    std::string{type->name} + " does not decode: " + std::string{in.why()});
  } catch (...) {
    return refuse(where, m, errc::decode_error,
                  "decoding " + std::string{type->name} + " threw " +
                      to_string(current_exception_error(errc::decode_error)));
  }
  e->type = type;
  if (engine::envelope_options* const o = trace ? e->options() : nullptr) {
    o->trace_high = trace->high;
    o->trace_low = trace->low;
    o->span = trace->span;
    o->trace_flags = trace->flags;
  }
  e->cause = m.cause ? m.cause | engine::cause_elsewhere : 0;
  if (is_offer) return offer(where, m, payload->size(), std::move(e));
  if (m.request) {
    const remote_request_ptr slot{
        new remote_request{type->reply ? *type->reply : message_type_of<unit>, *this, *m.request}};
    slot->deadline = troupe::after(env_->now(), m.time_left);
    e->reply = slot;  // with the deadline: an ask that waited too long is dropped before it is run (M6)
    const opening how = opens(slot);
    if (how == opening::full) {
      slot->abandon({errc::overloaded, {}});
      return refuse_more(where, m);
    }
    // Whoever gets it drops it then, as he does when a cancel overtakes him.
    if (how == opening::closed) slot->abandon({errc::cancelled, "the asker's connection has ended"});
  }
  if (where.is_system_side)
    if (auto no = env_->intercepted_by().before_send({*env_, *e, *where.to}))
      return env_->dead_letter(std::move(e), where.to->path(), std::move(*no));
  if (where.at) return where.at->post_in_row(std::move(e));  // IN23
  engine::worker::send_kept();
  where.to->post(std::move(e));
}

// ---- offers (IN15)

bool inbound::has_room_for_offer(std::size_t bytes) {
  const std::lock_guard hold{mutex_};
  return offers_.size() < offers_max && bytes <= options_.unsent_max &&
         offered_bytes_ <= options_.unsent_max - bytes;
}

parked_offer inbound::unparked(std::uint64_t request) noexcept {
  auto found = offers_.extract(request);
  if (!found) return {};
  offered_bytes_ -= found.mapped().bytes;
  return std::move(found.mapped());
}

void inbound::offer(const destination& where, const arrived& m, std::size_t bytes, engine::envelope_ptr e) {
  engine::worker::send_kept();
  if (!has_room_for_offer(bytes))
    return refuse(where, m, errc::overloaded, "too much that this node has offered there waits");
  const address_ptr taker = where.to->offered(e);
  const cell_ptr at = taker ? taker->here() : cell_ptr{};
  const bool goes_on = taker && taker->is_elsewhere();
  if (!at && !goes_on) return refuse(where, m, errc::stopped, "no actor lives there");
  const remote_request_ptr slot{new remote_request{message_type_of<offer_queued>, *this, *m.request}};
  if (goes_on) {
    // Who is there stands for somebody on a third node: it waits there, in this node's name (OG4).
    e->reply = slot;
    const opening how = opens(slot, {.bytes = bytes, .counts = true});
    if (how == opening::full) {
      slot->abandon({errc::overloaded, {}});
      return refuse_more(where, m);
    }
    if (how == opening::closed) slot->abandon({errc::cancelled, "the sender's connection has ended"});
    return taker->post(std::move(e));
  }
  const offer_ptr what{new offer_under_way{
      std::move(e), slot, engine::make_envelope<offer_queued>(message_type_of<offer_queued>)}};
  const opening how = opens(slot, {what, at, bytes, true});
  if (how == opening::full) {
    slot->abandon({errc::overloaded, {}});
    return refuse_more(where, m);
  }
  if (how == opening::closed) return env_->dead_letter(what->take_message(), at->path(), errc::cancelled);
  at->offer(what);
  if (slot->is_settled()) return at->withdraw(*what);  // given up before it waited; nothing if it is queued
  // Its sender does not look where it waits (FP4): whoever it waits for does (M7).
  at->run_inside([](cell& c) {
    if (const handler_wait* const wait = c.blocker()) cycle_probe::start(c, *wait);
  });
}

}  // namespace troupe::detail
