#include <algorithm>
#include <functional>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/far_session.hpp>
#include <troupe/node/inbound.hpp>
#include <troupe/wire/foreign.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe::detail {

namespace {

using wire::one_line;

/// A message type larger than this may not have room for a rare part in its envelope, so it has no trace.
constexpr std::size_t options_payload_max = 500'000;

}  // namespace

inbound::inbound(environment& env, const node_options& options, const node_identity& self,
                 const wait_seals& seals, inbound_host& host, std::unique_ptr<port::stream> stream)
    : env_(&env),
      options_(options),
      seals_(seals),
      rules_(proof_rules_of(options)),
      local_(stream->proof().how == port::peer_proof::kind::local_user),
      host_(&host),
      guard_(self, env.platform().clock().now()) {
  pipe_.open(std::move(stream));
}

void inbound::start() {
  const std::lock_guard hold{mutex_};
  env_->timers().arm(*this, guard_.deadline());
  wait_readable();
}

void inbound::stop() {
  later after;
  {
    const std::lock_guard hold{mutex_};
    host_ = nullptr;
    if (pipe_.stream() && session_) {
      wire::goodbye{"the node is shutting down"}.encode(pipe_.out());
      error ignored;  // the last frame: what does not leave now is lost with the stream
      pipe_.write_out(ignored);
    }
    close(after);
  }
  for (auto& f : after) f();
}

void inbound::fired() noexcept {
  later after;
  {
    const std::lock_guard hold{mutex_};
    const time_point now = env_->platform().clock().now();
    if (pipe_.stream() && !session_) {
      if (auto why = guard_.on_time(now)) turn_away(*why, after);
    } else if (pipe_.stream()) {
      if (now - heard_at_ >= silence_limits * options_.heartbeat_limit)
        lose(after, "nothing was heard for " +
                        std::to_string(duration_cast<milliseconds>(now - heard_at_).count()) + " ms");
      else
        watch_silence();
      give_up(open_.take_over_time(env_->now()), errc::timeout, "the asker's time is over", after);
    }
  }
  for (auto& f : after) f();
}

void inbound::watch_silence() {
  if (!armed())
    env_->timers().arm(*this, troupe::after(heard_at_, silence_limits * options_.heartbeat_limit));
}

void inbound::wait_readable() {
  if (!pipe_.stream() || closing_ || waiting_for_bytes_ || pipe_.unsent() > options_.unsent_max) return;
  waiting_for_bytes_ = true;
  pipe_.stream()->wait_readable([self = inbound_ptr{this}](const result<void>& how) { self->readable(how); });
}

void inbound::readable(const result<void>& how) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    handling_ = true;
    if (pipe_.stream() && !closing_) {
      auto& buffer = peer_read_buffer();
      const auto got = how ? pipe_.stream()->read_some(buffer) : result<std::size_t>{how.error()};
      const bool is_first = !session_ && guard_.is_untouched();
      if (!got && got.error().code == errc::refused) {
        turn_away({.code = errc::refused, .text = got.error().text}, after);
      } else if (!got && got.error().code != errc::would_block) {
        lose(after, got.error().text);
      } else if (got && *got == 0) {
        lose(after, "the peer closed the connection");
      } else if (got) {
        heard_at_ = env_->platform().clock().now();
        std::optional<wire::reject> too_much;
        if (!session_) too_much = guard_.on_bytes(*got);
        if (!too_much && !std::exchange(counted_proof_, true))
          too_much = guard_.on_bytes(pipe_.stream()->proof().bytes);
        if (too_much)
          turn_away(*too_much, after);
        else if (is_first && wire::looks_like_tls({reinterpret_cast<const char*>(buffer.data()), *got}))
          turn_away({.code = errc::refused,
                     .text = "it speaks TLS and this node does not; give both certificates (node.tls), or neither"},
                    after);
        else
          reader_.feed(std::span<const std::byte>{buffer}.first(*got));
      }
    }
  }
  // A frame's body lasts until the next one is taken: what there is to do with it is done before.
  bool more = true;
  while (more) {
    for (auto& f : after) f();
    after.clear();
    const std::lock_guard hold{mutex_};
    more = next_frame(after);
    if (more) continue;
    acknowledge();
    handling_ = false;
    after.swap(drained_);
    waiting_for_bytes_ = false;
    wait_readable();
  }
  for (auto& f : after) f();
}

bool inbound::next_frame(later& after) {
  if (!pipe_.stream() || closing_) return false;
  auto next = reader_.next();
  if (!next) {
    if (peer_.empty())
      turn_away({.code = errc::decode_error, .text = next.error().text}, after);
    else
      lose(after, next.error().text);
    return true;
  }
  if (!*next) return false;
  if (peer_.empty())
    first_frame(**next, after);
  else
    handle(**next, after);
  return true;
}

void inbound::first_frame(const wire::frame& f, later& after) {
  const auto answer = guard_.on_frame(
      f, [this](std::string_view node, std::uint64_t inc) { return host_ && host_->is_replaced(node, inc); },
      [this](std::string_view node) { return objection_to(pipe_.stream()->proof(), node, rules_); });
  if (const auto* no = std::get_if<wire::reject>(&answer)) {
    turn_away(*no, after);
    return;
  }
  const auto& yes = std::get<admission>(answer);
  peer_ = yes.peer.node;
  answer_ = yes.answer;
  after.push_back([self = inbound_ptr{this}, theirs = yes.peer] {
    inbound_host* host = nullptr;
    {
      const std::lock_guard hold{self->mutex_};
      host = self->host_;
    }
    if (host) host->admit(*self, theirs);
  });
}

void inbound::handle(const wire::frame& f, later& after) {
  if (!session_) return lose(after, "a " + std::string{to_string(f.kind)} + " came before the welcome");
  switch (f.kind) {
    case wire::frame_kind::ping: {
      const auto body = wire::ping::decode(f.body);
      if (!body) return lose(after, body.error().text);
      wire::pong{body->number}.encode(pipe_.out());
      schedule();
      return;
    }
    case wire::frame_kind::pong:
      return;
    case wire::frame_kind::trace: {
      const auto body = wire::trace::decode(f.body);
      if (!body) return lose(after, body.error().text);
      next_trace_ = *body;
      return;
    }
    case wire::frame_kind::tell: {
      const auto body = wire::tell::decode(f.body);
      if (!body) return lose(after, body.error().text);
      session_->message();
      after.push_back([self = inbound_ptr{this}, m = *body, trace = std::exchange(next_trace_, {})] {
        self->deliver(m, {}, {}, trace);
      });
      return;
    }
    case wire::frame_kind::ask: {
      const auto body = wire::ask::decode(f.body);
      if (!body) return lose(after, body.error().text);
      session_->message();
      const wire::tell m{body->path, body->type_hash, body->cause, body->payload};
      after.push_back([self = inbound_ptr{this}, m, request = body->request, left = body->time_left,
                       trace = std::exchange(next_trace_, {})] { self->deliver(m, request, left, trace); });
      return;
    }
    case wire::frame_kind::cancel: {
      const auto body = wire::cancel::decode(f.body);
      if (!body) return lose(after, body.error().text);
      if (remote_request_ptr one = open_.take(body->request))
        give_up({std::move(one)}, errc::cancelled, "the asker gave up", after);
      return;
    }
    case wire::frame_kind::probe:
      return probe(f, after);
    case wire::frame_kind::watch:
    case wire::frame_kind::unwatch:
    case wire::frame_kind::obituary:
      return system_frame(f, after);
    case wire::frame_kind::goodbye:
      close(after);
      return;
    default:
      lose(after, "a " + std::string{to_string(f.kind)} + " came from the side that dialled");
  }
}

void inbound::probe(const wire::frame& f, later& after) {
  auto body = wire::probe::decode(f.body);
  if (!body) return lose(after, body.error().text);
  const remote_request_ptr followed = open_.find(body->request);
  if (!followed) return;
  auto path = seals_.to_path(std::move(*body));
  if (!path) return lose(after, "a probe names a wait of this node that it was not told of");
  engine::recipient* const holder = followed->find_holder();  // its reference goes with what is done after
  if (holder)
    after.push_back([holder, followed, path = std::move(*path)]() mutable {
      far_probe::go_to(holder, followed, std::move(path));
    });
}

void inbound::refuse(const wire::tell& m, std::optional<std::uint64_t> request, errc code, std::string text) {
  const std::string_view path = m.path.substr(std::min(m.path.find('/'), m.path.size()));  // without a number
  event news{event_kind::dead_letter, env_->now(), one_line(path), {}, std::string{to_string(code)}};
  news.sender = peer_;
  env_->events().publish(news);
  if (!request) return;
  std::string frame;
  wire::failure{*request, {code, std::move(text), {}, std::string{path}}}.encode(frame);
  append(frame);
}

void inbound::deliver(const wire::tell& m, std::optional<std::uint64_t> request, duration time_left,
                      const std::optional<wire::trace>& trace) {
  // Only what users start can be reached from outside; the system's own actors can't (NM4).
  const address_ptr to = env_->names().reachable(m.path);
  if (!to) return refuse(m, request, errc::stopped, "no actor lives there");
  const actor_class* const kind = to->understands();
  const message_type* const type = kind ? kind->find(m.type_hash) : nullptr;
  if (!type || m.type_hash == 0 || !type->decode)
    return refuse(m, request, errc::not_understood, "it does not understand this message");
  auto e = engine::allocate_envelope(*type, trace && type->size <= options_payload_max);
  byte_reader in{m.payload, &env_->names()};
  try {
    if (!type->decode(e->payload(), in))
      return refuse(m, request, errc::decode_error,
                    std::string{type->name} + " does not decode: " + std::string{in.why()});
  } catch (...) {
    return refuse(m, request, errc::decode_error,
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
  if (request) {
    const remote_request_ptr slot{
        new remote_request{type->reply ? *type->reply : message_type_of<unit>, *this, *request}};
    slot->deadline = troupe::after(env_->now(), time_left);
    e->reply = slot;  // with the deadline: an ask that waited too long is dropped before it is run (M6)
    // Whoever gets it drops it then, as he does when a cancel overtakes him.
    if (!opens(slot)) slot->abandon({errc::cancelled, "the asker's connection has ended"});
  }
  to->post(std::move(e));
}

bool inbound::opens(const remote_request_ptr& request) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (closing_) return false;
    if (open_.add(request)) return true;
    lose(after, "request " + std::to_string(request->number()) + " came while it was open");
  }
  for (auto& f : after) f();
  return false;
}

void inbound::give_up(std::vector<remote_request_ptr> all, errc code, std::string_view text,
                      later& after) const {
  if (all.empty()) return;
  after.push_back([all = std::move(all), why = error{code, std::string{text}}] {
    for (const auto& one : all) one->abandon(why);
  });
}

void inbound::append(const std::string& frame) {
  const std::lock_guard hold{mutex_};
  if (!pipe_.stream() || closing_) return;
  pipe_.out() += frame;
  schedule();
}

void inbound::answer(remote_request& to, engine::outcome what) noexcept {
  encoded out;
  const auto encode = [&]() -> result<void> {
    if (auto* const why = std::get_if<error>(&what)) return std::move(*why);
    const engine::envelope& e = *std::get<engine::envelope_ptr>(what);
    const wire::reply header{.request = to.number(), .type_hash = e.type->hash};
    const auto size = encode_frame(out.text(), header, *e.type, e.payload(), &env_->names());
    if (!size) return size.error();
    return {};
  };
  if (auto done = encode(); !done) wire::failure{to.number(), std::move(done.error())}.encode(out.text());
  const std::lock_guard hold{mutex_};
  if (!open_.take(to) || !pipe_.stream() || closing_) return;
  pipe_.out() += out.text();
  schedule();
}

void inbound::turn_away(const wire::reject& why, later& after) {
  event news{event_kind::peer_refused, env_->now(), pipe_.stream()->peer(), {}, why.text,
             "closed its connection"};
  after.push_back([env = env_, news = std::move(news)] { env->events().publish(news); });
  why.encode(pipe_.out());
  error ignored;  // it is being turned away: what does not leave at once need not
  pipe_.write_out(ignored);
  close(after);
}

void inbound::lose(later& after, std::string why) {
  if (closing_) return;
  event news{event_kind::connection_lost,
             env_->now(),
             peer_.empty() ? pipe_.stream()->peer() : peer_,
             {},
             std::move(why),
             "closed its connection to us"};
  after.push_back([env = env_, news = std::move(news)] { env->events().publish(news); });
  close(after);
}

void inbound::close(later& after) {
  if (closing_) return;
  closing_ = true;
  pipe_.close();
  env_->timers().cancel(*this);
  give_up(open_.take_all(), errc::cancelled, "the asker's connection has ended", after);
  if (host_) after.push_back([self = inbound_ptr{this}, host = host_] { host->forget(*self, self->peer_); });
}

void inbound::schedule() noexcept {
  if (scheduled_.exchange(true, std::memory_order_seq_cst)) return;
  intrusive_ptr_add_ref(this);
  env_->scheduler().submit(*this);
}

void inbound::run_turn() {
  later after;
  {
    const std::lock_guard hold{mutex_};
    scheduled_.store(false, std::memory_order_seq_cst);
    write(after);
    wait_readable();  // IN6: there may be room again
  }
  for (auto& f : after) f();
  intrusive_ptr_release(this);
}

void inbound::write(later& after) {
  if (!pipe_.stream() || closing_ || waiting_for_room_ || pipe_.unsent() == 0) return;
  error why;
  switch (pipe_.write_out(why)) {
    case pipe::state::done:
      return;
    case pipe::state::waits_for_room:
      waiting_for_room_ = true;
      pipe_.stream()->wait_writable([self = inbound_ptr{this}](const result<void>&) {
        {
          const std::lock_guard hold{self->mutex_};
          self->waiting_for_room_ = false;
        }
        self->schedule();
      });
      return;
    case pipe::state::broken:
      lose(after, why.text);
      return;
  }
}

}  // namespace troupe::detail
