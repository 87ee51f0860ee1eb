#include <algorithm>
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// A dial that takes longer is given up and made anew: what got lost of it is not sent again before.
constexpr duration connect_time_max = seconds{2};

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
