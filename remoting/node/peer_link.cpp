#include <algorithm>
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/foreign.hpp>
#include <troupe/wire/packed.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// A dial that takes longer is given up and made anew: what got lost of it is not sent again before.
constexpr duration connect_time_max = seconds{2};

/// Bytes of a part that come at once and are a sign of life (PL16). Signs of life themselves are shorter.
constexpr std::size_t worth_hearing = 256;

// PL22
constexpr const char* not_believed = "it is not believed any more: ";

link_settings settings_for(const node_options& options, node_identity self, const std::string& peer,
                           std::string address, known_by how, std::uint64_t epoch) {
  link_settings s;
  s.self = std::move(self);
  s.peer = peer;
  s.heartbeat_limit = options.heartbeat_limit;
  s.detector = options.detector;
  s.connect_time_max = std::min(options.heartbeat_limit, connect_time_max);
  s.down_after = options.down_after;
  s.address = std::move(address);
  s.only_known_by_its_hello = how != known_by::settings;
  s.when_wanted = how == known_by::introduction;
  s.redial_down.min = std::min(s.redial_down.min, options.redial_max);
  s.redial_down.max = options.redial_max;
  s.first_epoch = epoch;
  return s;
}

/// A mistake in the settings is a failed start with a readable line (N1).
link_settings valid(link_settings s, link_host& host) {
  validate(s).value();
  s.dial_turn = [&host, meets = s.when_wanted](time_point now) {
    return meets ? host.meet_turn(now) : host.dial_turn(now);
  };
  return s;
}

}  // namespace

peer_link::peer_link(environment& env, const node_options& options, node_identity self,
                     const wait_seals& seals, link_host& host, std::string peer, peer_gate_ptr gate,
                     port::endpoint at, std::string address, known_by how, std::uint64_t epoch)
    : env_(&env),
      options_(options),
      seals_(seals),
      host_(host),
      peer_(std::move(peer)),
      gate_(std::move(gate)),
      at_(std::move(at)),
      state_(valid(settings_for(options, std::move(self), peer_, std::move(address), how, epoch), host),
             env.platform().entropy().next(), env.platform().clock().now()),
      outgoing_(options.unsent_max) {}

result<void> peer_link::check(const node_options& options, const node_identity& self, std::string address) {
  return validate(settings_for(options, self, self.name == "any peer" ? "any other peer" : "any peer",
                               std::move(address), known_by::hello, 1));
}

// ---- events and effects

void peer_link::happened(const link_event::any& what) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    apply(what, after);
  }
  for (auto& f : after) f();
}

void peer_link::apply(const link_event::any& what, later& after) {
  for (auto& effect : state_.on_event(env_->platform().clock().now(), what)) carry_out(effect, after);
  // Release: whoever sees the run sees what the connection can do.
  up_run_.store(state_.phase() == link_phase::up ? *state_.incarnation() : 0, std::memory_order_release);
}

/// Carries effects out, one overload each.
struct peer_link::effect_visitor {
  peer_link& link;
  later& after;

  void operator()(link_effect::dial& e) { link.dial(e.attempt, e.timeout); }
  void operator()(link_effect::send_hello& e) { append(e.frame); }
  void operator()(link_effect::send_ping& e) { append(wire::ping{e.number}); }
  void operator()(link_effect::send_pong& e) {
    // A peer that pings and does not read gets no more pongs: what waits for it stays bounded (R8).
    if (link.pipe_.urgent().size() <= link.options_.unsent_max) append(wire::pong{e.number});
  }
  void operator()(link_effect::send_goodbye& e) {
    if (!link.pipe_.stream()) return;
    std::string frame;
    wire::goodbye{e.text}.encode(frame);
    link.pipe_.queue().add_behind(std::move(frame));
    link.pipe_.flush();
  }
  void operator()(link_effect::close_stream& e) {
    link.pipe_.close();
    link.introductions_over(e.attempt, after);
  }
  void operator()(link_effect::fail_pending& e) {
    after.push_back([asks = std::exchange(link.pending_, {}), why = error{errc::unreachable, e.reason}] {
      for (const auto& [id, ask] : asks) ask.slot->fail(why);
    });
    link.give_first_up(e.reason, after);
    link.give_offers_up(e.reason, after);
  }
  void operator()(link_effect::peer_up& e) {
    publish({event_kind::peer_up, {}, link.peer_, {}, {}, e.new_incarnation ? "a new incarnation (R2)" : ""},
            e.incarnation);
    link.come_up(e, after);
    after.push_back([self = peer_link_ptr{&link}] { self->host_.met(self->peer_); });
  }
  void operator()(link_effect::peer_unreachable& e) {
    publish({event_kind::peer_unreachable, {}, link.peer_, {}, e.reason, "asks to it fail at once (M5)"}, 0);
  }
  void operator()(link_effect::declare_down& e) {
    if (e.who)
      publish({event_kind::peer_down, {}, link.peer_, {}, e.reason, "who watches its actors is told (R5)"},
              e.who->incarnation);
    link.go_down(e, after);
  }
  void operator()(link_effect::wake_at& e) {
    link.env_->timers().cancel(link);
    if (!link.armed()) link.env_->timers().arm(link, e.at);
  }

  template <class Frame>
  void append(const Frame& f) {
    if (!link.pipe_.stream()) return;
    f.encode(link.pipe_.urgent());
    link.schedule();
  }
  void publish(event e, std::uint64_t number) {
    e.at = link.env_->now();
    e.number = number;
    after.push_back([env = link.env_, e = std::move(e)] { env->events().publish(e); });
  }
};

void peer_link::carry_out(link_effect::any& effect, later& after) {
  effect_visitor visitor{*this, after};
  std::visit(visitor, effect);
}

void peer_link::dial(std::uint64_t attempt, duration timeout) {
  near_.store(nearness_of(at_), std::memory_order_relaxed);
  host_.transport().connect(
      at_, timeout, [self = peer_link_ptr{this}, attempt](result<std::unique_ptr<port::stream>> stream) {
        self->dialled(attempt, std::move(stream));
      });
}

void peer_link::dialled(std::uint64_t attempt, result<std::unique_ptr<port::stream>> stream) {
  if (!stream) {
    // The ports promise these words for it (os_connect.hpp).
    happened(link_event::connect_failed{attempt, stream.error().text,
                                        stream.error().text.ends_with("connection refused"),
                                        stream.error().code == errc::refused});
    return;
  }
  later after;
  {
    // The lock is held while it is judged: whoever looks at open connections sees it, or it sees what he has read (PL22).
    const std::lock_guard hold{mutex_};
    if (state_.attempt() != attempt || state_.phase() != link_phase::connecting) {
      (*stream)->close();  // given up meanwhile
    } else if (const std::string why = host_.objection_to((*stream)->proof(), peer_); !why.empty()) {
      (*stream)->close();  // before anything has been said to it (LP3)
      apply(link_event::connect_failed{attempt, (*stream)->peer() + ": " + why, false, true}, after);
    } else {
      pipe_.open(std::move(*stream));
      reader_ = std::make_shared<wire::frame_reader>();
      routes_.begin_anew();
      introduced_.begin_anew();
      overdue_.begin_anew();
      waiting_for_room_ = false;
      next_packed_ = 0;
      held_welcome_.reset();
      contracts_wanted_ = false;
      agreement_ = nullptr;  // of the run before: this one says anew what it has
      apply(link_event::connected{attempt}, after);
      wait_readable();
    }
  }
  for (auto& f : after) f();
}

// ---- receiving

void peer_link::wait_readable() {
  if (!pipe_.stream()) return;
  pipe_.stream()->wait_readable([self = peer_link_ptr{this}, attempt = state_.attempt()](
                                    const result<void>& how) { self->readable(attempt, how); });
}

void peer_link::readable(std::uint64_t attempt, const result<void>& how) {
  later after;
  // This connection's own: a new one may begin while a reply of this one is being decoded.
  std::shared_ptr<wire::frame_reader> reader;
  std::size_t came = 0;  // bytes, and no frame yet
  {
    const std::lock_guard hold{mutex_};
    if (!pipe_.stream() || attempt != state_.attempt()) return;
    auto& buffer = peer_read_buffer();
    const auto got = how ? pipe_.stream()->read_some(buffer) : result<std::size_t>{how.error()};
    if (!got) {
      if (got.error().code != errc::would_block)
        apply(link_event::stream_ended{attempt, got.error().text, got.error().code == errc::refused}, after);
    } else if (*got == 0) {
      apply(link_event::stream_ended{attempt, "the peer closed the connection"}, after);
    } else if (state_.phase() == link_phase::handshaking &&
               wire::looks_like_tls({reinterpret_cast<const char*>(buffer.data()), *got})) {
      apply(link_event::stream_ended{attempt, "it speaks TLS; give this node certificates too (node.tls)",
                                     true},
            after);
    } else {
      reader_->lend(std::span<const std::byte>{buffer}.first(*got), peer_read_spare());
      came = *got;
    }
    reader = reader_;
  }
  // A frame's body lasts until the next one is taken: what there is to do with it is done before.
  for (bool more = true; more;) {
    for (auto& f : after) f();
    after.clear();
    const std::lock_guard hold{mutex_};
    if (!pipe_.stream() || attempt != state_.attempt()) return;
    auto next = reader->next();
    more = !next || next->has_value();
    if (!next)
      apply(link_event::stream_ended{attempt, next.error().text}, after);
    else if (*next)
      handle(**next, after);
    else {
      if (came >= worth_hearing && state_.phase() == link_phase::up) heard_bytes(attempt, *reader, after);
      wait_readable();
    }
    came = 0;
  }
}

// PL16
void peer_link::heard_bytes(std::uint64_t attempt, const wire::frame_reader& reader, later& after) {
  if (reader.part_left() == 0 || reader.part_left() > wire::part_bytes_max) return;
  apply(link_event::heard{attempt}, after);
  overdue_.put_off(env_->platform().clock().now());
}

void peer_link::handle(const wire::frame& f, later& after) {
  const std::uint64_t attempt = state_.attempt();
  const auto broken = [&](const error& why) { apply(link_event::stream_ended{attempt, why.text}, after); };
  switch (f.kind) {
    case wire::frame_kind::welcome:
      if (auto body = wire::welcome::decode(f.body)) {
        // What a peer says of its contracts is no message of a user's.
        reader_->raise_limit(std::max(options_.message_max, contract_set_bytes_max + wire::header_bytes),
                             std::max(options_.message_max, contract_set_bytes_max + wire::header_bytes));
        if (held_welcome_) return broken({errc::decode_error, "a second welcome came"});
        const bool waits = state_.phase() == link_phase::handshaking && compares(*body);
        held_welcome_ = std::move(*body);
        if (!waits) {
          agreement_ = nullptr;  // this run does not say what it has
          welcome_held(after);
        }
      } else {
        broken(body.error());
      }
      return;
    case wire::frame_kind::reject:
      if (auto body = wire::reject::decode(f.body))
        apply(link_event::rejected{attempt, std::move(*body)}, after);
      else
        broken(body.error());
      return;
    case wire::frame_kind::ping:
      if (auto body = wire::ping::decode(f.body))
        apply(link_event::pinged{attempt, body->number}, after);
      else
        broken(body.error());
      return;
    case wire::frame_kind::pong:
      if (auto body = wire::pong::decode(f.body))
        apply(link_event::ponged{attempt, body->number}, after);
      else
        broken(body.error());
      return;
    case wire::frame_kind::goodbye:
      if (auto body = wire::goodbye::decode(f.body))
        apply(link_event::said_goodbye{attempt, std::move(body->text)}, after);
      else
        broken(body.error());
      return;
    case wire::frame_kind::reply: {
      auto body = wire::reply::decode(f.body);
      if (!body) return broken(body.error());
      apply(link_event::heard{attempt}, after);
      const std::uint64_t packed = std::exchange(next_packed_, 0);
      const auto found = pending_.find(body->request);
      if (found == pending_.end()) return;  // settled by its deadline and swept
      after.push_back([self = peer_link_ptr{this}, slot = std::move(found->second.slot),
                       hash = body->type_hash, payload = body->payload, packed,
                       reader = reader_] { self->accept_reply(slot, hash, payload, packed, *reader); });
      pending_.erase(found);
      return;
    }
    case wire::frame_kind::packed: {
      const auto body = wire::packed::decode(f.body);
      if (!body) return broken(body.error());
      if (body->size > options_.message_max)
        return broken({errc::decode_error, "a packed reply of " + std::to_string(body->size) + " bytes"});
      next_packed_ = body->size;
      return;
    }
    case wire::frame_kind::failure: {
      auto body = wire::failure::decode(f.body);
      if (!body) return broken(body.error());
      apply(link_event::heard{attempt}, after);
      const auto found = pending_.find(body->request);
      if (found == pending_.end()) return;
      if (!body->why.path.empty()) body->why.path = peer_ + ":" + body->why.path;
      after.push_back(
          [slot = std::move(found->second.slot), why = std::move(body->why)] { slot->fail(why); });
      pending_.erase(found);
      return;
    }
    case wire::frame_kind::received: {
      const auto body = wire::received::decode(f.body);
      if (!body) return broken(body.error());
      if (!outgoing_.acknowledged(body->number))
        return broken({errc::decode_error, "a system frame was acknowledged that was not sent"});
      apply(link_event::heard{attempt}, after);
      return;
    }
    case wire::frame_kind::contracts:
    case wire::frame_kind::contract_list:
      return contracts_frame(f, after);
    case wire::frame_kind::introduction:
      return introduction_came(f, after);
    case wire::frame_kind::hello:
    case wire::frame_kind::contracts_wanted:
    case wire::frame_kind::trace:
    case wire::frame_kind::tell:
    case wire::frame_kind::ask:
    case wire::frame_kind::cancel:
    case wire::frame_kind::probe:
    case wire::frame_kind::watch:
    case wire::frame_kind::unwatch:
    case wire::frame_kind::obituary:
    case wire::frame_kind::route:
    case wire::frame_kind::routed_tell:
    case wire::frame_kind::routed_ask:
    case wire::frame_kind::first_part:
    case wire::frame_kind::part:
    case wire::frame_kind::offer:
    case wire::frame_kind::link:
    case wire::frame_kind::unlink:
    case wire::frame_kind::linked:
    case wire::frame_kind::link_end:
      broken({errc::decode_error,
              "a " + std::string{to_string(f.kind)} + " came from the side that was dialled"});
      return;
  }
}

// ---- writing

void peer_link::schedule() noexcept {
  // Relaxed: what there is to do was said under the lock, and `run_turn` clears this under it: the turn that is still to come sees it.
  if (scheduled_.load(std::memory_order_relaxed)) return;
  if (scheduled_.exchange(true, std::memory_order_seq_cst)) return;
  intrusive_ptr_add_ref(this);
  env_->scheduler().submit(*this);
}

void peer_link::fired() noexcept {
  {
    const std::lock_guard hold{mutex_};
    ticked_ = true;
  }
  schedule();
}

void peer_link::run_turn() {
  later after;
  {
    const std::lock_guard hold{mutex_};
    scheduled_.store(false, std::memory_order_seq_cst);
    if (std::exchange(ticked_, false)) {
      std::erase_if(pending_, [](const auto& p) { return p.second.slot->is_settled(); });  // PL3
      let_go_of_offers(after);
      apply(link_event::tick{}, after);
      if (state_.phase() == link_phase::up &&
          overdue_.look(env_->platform().clock().now(), options_.heartbeat_limit, outgoing_, pipe_.queue()))
        apply(link_event::stream_ended{state_.attempt(),
                                       peer_ + " owes the acknowledgement of a system message"},
              after);
      if (state_.phase() == link_phase::up)
        if (const std::string why = host_.objection_to_age(pipe_.stream()->proof()); !why.empty())
          apply(link_event::stream_ended{state_.attempt(), std::string{not_believed} + why}, after);
    }
    write(after);
    let_offers_out(after);
  }
  for (auto& f : after) f();
  intrusive_ptr_release(this);
}

void peer_link::write(later& after) {
  if (!pipe_.stream() || waiting_for_room_ || pipe_.unsent() == 0) return;
  error why;
  const std::uint64_t attempt = state_.attempt();
  switch (pipe_.write_out(why)) {
    case pipe::state::done:
      break;
    case pipe::state::has_more:
      schedule();
      break;
    case pipe::state::waits_for_room:
      waiting_for_room_ = true;
      pipe_.stream()->wait_writable([self = peer_link_ptr{this}, attempt](const result<void>&) {
        {
          const std::lock_guard hold{self->mutex_};
          if (attempt != self->state_.attempt()) return;
          self->waiting_for_room_ = false;
        }
        self->schedule();
      });
      break;
    case pipe::state::broken:
      apply(link_event::stream_ended{attempt, why.text, why.code == errc::refused}, after);
      return;
    case pipe::state::closed:
      return;
  }
  apply(link_event::sent{attempt}, after);
}

bool peer_link::recheck() {
  port::peer_proof proof;
  std::uint64_t attempt = 0;
  {
    const std::lock_guard hold{mutex_};
    if (!pipe_.stream()) return false;
    proof = pipe_.stream()->proof();
    attempt = state_.attempt();
  }
  // Without the lock: to check certificates takes a while.
  const std::string why = host_.objection_to(proof, peer_);
  if (why.empty()) return false;
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (!pipe_.stream() || attempt != state_.attempt()) return false;
    apply(link_event::stream_ended{attempt, std::string{not_believed} + why}, after);
  }
  for (auto& f : after) f();
  return true;
}

void peer_link::stop() {
  happened(link_event::stop{});
  env_->timers().cancel(*this);
  std::vector<far_link> left;  // they keep this link
  const std::lock_guard hold{mutex_};
  left = links_.take_if([](const far_link&) { return true; });
}

bool peer_link::is_replaced(std::uint64_t incarnation) const {
  const std::lock_guard hold{mutex_};
  return state_.is_replaced(incarnation);
}

peer_status peer_link::status() const {
  const std::lock_guard hold{mutex_};
  const time_point now = env_->platform().clock().now();
  const bool is_up = state_.phase() == link_phase::up;
  return {peer_,
          at_,
          is_up,
          state_.reason(),
          now - state_.since(),
          state_.incarnation().value_or(0),
          is_up ? std::optional{state_.suspect(now)} : std::nullopt};
}

}  // namespace troupe::detail
