#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/link/link_state.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe {

namespace {

using wire::one_line;

std::string ms(duration d) { return std::to_string(duration_cast<milliseconds>(d).count()) + " ms"; }

}  // namespace

std::string_view to_string(link_phase phase) noexcept {
  constexpr std::string_view names[] = {"down", "connecting", "handshaking", "up", "closed"};
  return names[static_cast<std::size_t>(phase)];
}

result<void> validate(const link_settings& s) {
  const auto wrong = [&s](const std::string& text) {
    return error{errc::invalid, "link to '" + s.peer + "': " + text};
  };
  for (const std::string* name : {&s.self.name, &s.peer})
    if (name->empty() || name->size() > limits::name_bytes_max || one_line(*name) != *name)
      return wrong("the name '" + one_line(*name) + "' must have 1 to " +
                   std::to_string(limits::name_bytes_max) + " bytes and no control characters");
  if (s.peer == s.self.name) return wrong("a node does not link to itself; give each node its own name");
  if (s.address.size() > limits::name_bytes_max || one_line(s.address) != s.address)
    return wrong("the address that this node says it can be dialled at (node.advertise) must have at most " +
                 std::to_string(limits::name_bytes_max) + " bytes and no control characters");
  if (s.self.heartbeat_interval < heartbeat_interval_min)
    return wrong("the heartbeat interval must be at least " + ms(heartbeat_interval_min));
  if (s.heartbeat_limit / 2 < s.self.heartbeat_interval)
    return wrong(
        "the heartbeat limit must be at least twice the interval, or one lost moment is a lost peer");
  if (const auto valid = validate(s.detector); !valid) return wrong(valid.error().text);
  if (s.down_after <= duration::zero())
    return wrong("the time until it is declared down must be more than 0");
  if (s.connect_time_max <= duration::zero()) return wrong("the time to connect must be more than 0");
  if (s.handshake_time_max <= duration::zero() || s.handshake_time_max > limits::handshake_time_max)
    return wrong("the time for the handshake must be more than 0 and at most " +
                 ms(limits::handshake_time_max));
  for (const backoff_settings* waits : {&s.redial, &s.redial_down, &s.redial_refused})
    if (const auto valid = validate(*waits); !valid) return wrong(valid.error().text);
  return {};
}

link_state::link_state(link_settings settings, std::uint64_t seed, time_point now)
    : settings_(std::move(settings)),
      random_(seed),
      redial_(settings_.redial),
      redial_down_(settings_.redial_down),
      redial_refused_(settings_.redial_refused),
      since_(now),
      epoch_(settings_.first_epoch),
      ping_interval_(settings_.self.heartbeat_interval),
      detector_(settings_.detector, settings_.heartbeat_limit, ping_interval_, now),
      last_sent_(now),
      last_ping_(now) {
  check(validate(settings_).has_value(), "link settings are validated before they are used");
}

link_effects link_state::on_event(time_point now, const link_event::any& event) {
  turn t{now, {}};
  forgive_own_pause(now);
  std::visit([&](const auto& e) { on(t, e); }, event);
  do_what_is_due(t);
  ask_to_be_woken(t);
  return std::move(t.out);
}

bool link_state::is_replaced(std::uint64_t incarnation) const noexcept {
  return std::find(replaced_.begin(), replaced_.end(), incarnation) != replaced_.end();
}

// What happens
// ---------------------------------------------------------------------------------------------------------

void link_state::on(turn& t, const link_event::start&) {
  if (phase_ != link_phase::down || (settings_.when_wanted && attempt_ == 0)) return;
  if (!declared_ && down_at_ == never) down_at_ = after(t.now, settings_.down_after);
  dial(t);
}

void link_state::on(turn& t, const link_event::connected& e) {
  if (phase_ != link_phase::connecting || e.attempt != attempt_) {
    if (!is_current(e.attempt)) t.out.emplace_back(link_effect::close_stream{e.attempt});
    return;
  }
  phase_ = link_phase::handshaking;
  handshake_until_ = after(t.now, settings_.handshake_time_max);
  t.out.emplace_back(link_effect::send_hello{{.capabilities = settings_.self.capabilities,
                                              .node = settings_.self.name,
                                              .incarnation = settings_.self.incarnation,
                                              .target = settings_.peer,
                                              .heartbeat_interval = settings_.self.heartbeat_interval,
                                              .epoch = epoch_,
                                              .address = settings_.address,
                                              .message_max = settings_.self.message_max}});
}

void link_state::on(turn& t, const link_event::connect_failed& e) {
  if (phase_ != link_phase::connecting || e.attempt != attempt_) return;
  nobody_listens_ = e.refused;
  lose(t, settings_.peer + " can't be reached: " + one_line(e.reason),
       e.no_proof ? blame::refused : blame::lost);
  if (nobody_listens_ && !has_connection_to_us_) declare_down(t, reason_, who_began::we);
}

void link_state::on(turn& t, const link_event::welcomed& e) {
  if (!is_current(e.attempt)) return;
  if (phase_ == link_phase::up) return lose(t, settings_.peer + " sent a second welcome", blame::refused);
  if (std::string text = objection(e.frame); !text.empty()) return lose(t, std::move(text), blame::refused);

  const std::uint64_t theirs = e.frame.incarnation;
  const peer_run now_there{theirs, e.frame.epoch};
  const bool is_paired = paired_ == now_there;
  // Where both begin, nothing of this epoch has arrived yet.
  if (is_paired ? !e.goes_on : (e.frame.system_frames | e.frame.messages) != 0) {
    lose(t, settings_.peer + " and this node remember different things of each other");
    return declare_down(t, reason_, who_began::we);
  }
  const bool is_new = incarnation_ && *incarnation_ != theirs;
  if (is_new) remember_replaced(*incarnation_);
  incarnation_ = theirs;
  if (paired_ && !is_paired)
    declare_down(
        t,
        settings_.peer + (paired_->incarnation == theirs ? " had declared this node down" : " was restarted"),
        who_began::peer);
  paired_ = now_there;
  declared_ = nobody_listens_ = has_shown_itself_ = false;
  down_at_ = never;

  phase_ = link_phase::up;
  reason_.clear();
  since_ = t.now;
  told_unreachable_ = false;
  redial_.worked(t.now);
  redial_refused_.reset();
  if (std::exchange(is_wanted_, false)) redial_down_.reset();
  ping_interval_ = std::max(heartbeat_interval_min,
                            std::min(settings_.self.heartbeat_interval, e.frame.heartbeat_interval));
  if (is_new) detector_.forget();
  detector_.begin(t.now, ping_interval_);
  last_sent_ = last_ping_ = t.now;
  t.out.emplace_back(link_effect::peer_up{theirs, is_new, e.frame.capabilities & settings_.self.capabilities,
                                          e.frame.system_frames, e.frame.messages, e.frame.message_max});
}

// Why the one who answered is not the peer; empty when it is.
std::string link_state::objection(const wire::welcome& w) const {
  const std::string& peer = settings_.peer;
  if (w.version != wire::version)
    return peer + " speaks version " + std::to_string(w.version) + " and this node version " +
           std::to_string(wire::version) + "; run the same release on both";
  if (w.node == settings_.self.name && w.incarnation == settings_.self.incarnation)
    return "the address of " + peer + " leads back to this node, " + w.node + "; correct the address";
  if (w.node == settings_.self.name)
    return "at the address of " + peer + " answers another node called " + w.node +
           ", as this one is; give each node its own name";
  if (w.node != peer)
    return "at the address of " + peer + " answers " + one_line(w.node) + "; correct the address or the name";
  if (is_replaced(w.incarnation))
    return "at the address of " + peer +
           " answers an incarnation of it that was replaced; two nodes called " + peer +
           " must not run at the same time";
  return {};
}

void link_state::on(turn& t, const link_event::rejected& e) {
  if (!is_current(e.attempt)) return;
  if (phase_ == link_phase::up)
    return lose(t, settings_.peer + " sent a reject behind its welcome", blame::refused);
  if (e.frame.version != wire::version)
    return lose(t,
                settings_.peer + " refused this node and speaks version " + std::to_string(e.frame.version) +
                    ", this node version " + std::to_string(wire::version) + "; run the same release on both",
                blame::refused);
  lose(t, settings_.peer + " refused this node: " + one_line(to_string(error{e.frame.code, e.frame.text})),
       blame::refused);
}

void link_state::on(turn& t, const link_event::pinged& e) {
  if (!proves_life(t, e.attempt)) return;
  last_sent_ = t.now;
  t.out.emplace_back(link_effect::send_pong{e.number});
}

void link_state::on(turn& t, const link_event::ponged& e) { proves_life(t, e.attempt); }

void link_state::on(turn& t, const link_event::heard& e) { proves_life(t, e.attempt); }

void link_state::on(turn& t, const link_event::sent& e) {
  if (is_current(e.attempt)) last_sent_ = t.now;
}

void link_state::on(turn& t, const link_event::said_goodbye& e) {
  if (!is_current(e.attempt)) return;
  lose(t, settings_.peer + " said goodbye: " + one_line(e.text));
  declare_down(t, reason_, who_began::we);
}

void link_state::on(turn& t, const link_event::stream_ended& e) {
  if (is_current(e.attempt))
    lose(t, "the connection to " + settings_.peer + " has ended: " + one_line(e.reason),
         e.no_proof ? blame::refused : blame::lost);
}

void link_state::on(turn& t, const link_event::incarnation_seen& e) {
  if (is_replaced(e.incarnation) || phase_ == link_phase::closed) return;
  has_connection_to_us_ = true;
  introduced_by_.clear();
  if (phase_ == link_phase::up && incarnation_ != e.incarnation)
    lose(t, settings_.peer + " was restarted: another incarnation of it has shown itself");
  if (paired_ && paired_->incarnation == e.incarnation && paired_->epoch != e.epoch) {
    if (has_stream()) lose(t, settings_.peer + " had declared this node down, and has come back");
    declare_down(t, settings_.peer + " had declared this node down", who_began::peer);
  }
  if (!paired_) paired_ = peer_run{e.incarnation, e.epoch};
  if ((std::exchange(declared_, false) || down_at_ == never) && is_started())
    down_at_ = phase_ == link_phase::up ? never : after(t.now, settings_.down_after);
  has_shown_itself_ = phase_ != link_phase::up;
  if (phase_ == link_phase::down && is_started()) dial(t);
}

void link_state::on(turn& t, const link_event::unheard&) {
  has_connection_to_us_ = false;
  if (nobody_listens_ && (phase_ == link_phase::down || phase_ == link_phase::connecting))
    declare_down(t, reason_, who_began::we);
}

void link_state::on(turn& t, const link_event::give_up& e) {
  if (phase_ == link_phase::closed) return;
  if (has_stream() || is_wanted_) lose(t, e.reason);
  declare_down(t, e.reason, who_began::we);
}

void link_state::on(turn& t, const link_event::forget& e) {
  if (phase_ == link_phase::closed) return;
  settings_.only_known_by_its_hello = true;
  settings_.when_wanted = false;
  if (phase_ != link_phase::down || is_wanted_) lose(t, e.reason);
  retry_at_ = never;
  declare_down(t, e.reason, who_began::we);
}

void link_state::on(turn&, const link_event::introduced& e) {
  settings_.only_known_by_its_hello = settings_.when_wanted = true;
  introduced_by_ = one_line(e.by);
}

// K12. It gets another chance, so one that has had some is declared down anew when this fails.
void link_state::on(turn& t, const link_event::wanted&) {
  if (!settings_.when_wanted || phase_ != link_phase::down || is_wanted_ || t.now < wanted_from_) return;
  if (attempt_ > 0 && !declared_) return;  // it is being dialled again anyway
  is_wanted_ = true;
  declared_ = nobody_listens_ = false;
  retry_at_ = t.now;
}

// The timer has fired and is gone; whatever is still to come is asked for anew.
void link_state::on(turn&, const link_event::tick&) { woken_at_.reset(); }

void link_state::on(turn& t, const link_event::stop&) {
  if (phase_ == link_phase::closed) return;
  const std::string reason = "the link to " + settings_.peer + " was shut down";
  if (phase_ == link_phase::up)
    t.out.emplace_back(link_effect::send_goodbye{settings_.self.name + " shuts down"});
  if (has_stream()) t.out.emplace_back(link_effect::close_stream{attempt_});
  t.out.emplace_back(link_effect::fail_pending{reason});
  if (phase_ == link_phase::up) {
    t.out.emplace_back(link_effect::peer_unreachable{reason});
    since_ = t.now;
  }
  phase_ = link_phase::closed;
  is_wanted_ = false;
  reason_ = reason;
}

// What follows
// ---------------------------------------------------------------------------------------------------------

// Anything that arrives proves life; what arrives before the welcome breaks the grammar.
bool link_state::proves_life(turn& t, std::uint64_t attempt) {
  if (!is_current(attempt)) return false;
  if (phase_ == link_phase::handshaking) {
    lose(t, settings_.peer + " sent something before its welcome", blame::refused);
    return false;
  }
  detector_.heard(t.now);
  return true;
}

void link_state::remember_replaced(std::uint64_t incarnation) {
  if (replaced_.size() == replaced_max) replaced_.erase(replaced_.begin());
  replaced_.push_back(incarnation);
}

// K11
bool link_state::has_to_wait(turn& t) {
  if (!(declared_ || is_wanted_) || !settings_.dial_turn || std::exchange(has_turn_, false)) return false;
  const time_point mine = settings_.dial_turn(t.now);
  if (mine <= t.now) return false;
  retry_at_ = mine;
  return has_turn_ = true;
}

void link_state::dial(turn& t) {
  has_turn_ = false;
  ++attempt_;
  phase_ = link_phase::connecting;
  t.out.emplace_back(link_effect::dial{attempt_, settings_.connect_time_max});
}

// The one way down (K1, K2, K3).
void link_state::lose(turn& t, std::string reason, blame whose) {
  const bool refused = whose == blame::refused;
  const bool was_wanted = std::exchange(is_wanted_, false);
  has_turn_ = has_shown_itself_ = false;
  if (was_wanted && !introduced_by_.empty())
    reason += "; its address is from node " + introduced_by_ + ": set node.advertise on node " +
              settings_.peer + ", or name it in node.peers here";
  if (has_stream()) t.out.emplace_back(link_effect::close_stream{attempt_});
  t.out.emplace_back(link_effect::fail_pending{reason});
  if (!told_unreachable_ || (refused && reason != reason_))
    t.out.emplace_back(link_effect::peer_unreachable{reason});
  if (phase_ == link_phase::up) {
    since_ = t.now;
    nobody_listens_ = false;
  }
  told_unreachable_ = true;
  phase_ = link_phase::down;
  reason_ = std::move(reason);
  backoff& waits = refused ? redial_refused_ : declared_ || was_wanted ? redial_down_ : redial_;
  const time_point again = retry_at_ = after(t.now, waits.next_delay(t.now, random_));
  if (declared_ && settings_.only_known_by_its_hello) retry_at_ = never;
  if (was_wanted && !has_connection_to_us_) {  // K12
    wanted_from_ = again;
    declare_down(t, reason_, who_began::we);
  }
  if (!declared_ && down_at_ == never) down_at_ = after(t.now, settings_.down_after);
}

// K9, K10
void link_state::declare_down(turn& t, std::string reason, who_began first) {
  if (declared_) return;
  declared_ = true;
  down_at_ = never;
  if (!settings_.when_wanted) redial_down_.reset();
  if (first == who_began::we) {
    ++epoch_;
    has_connection_to_us_ = false;  // each is cut
  }
  const auto who = std::exchange(paired_, {});
  if (phase_ == link_phase::down && settings_.only_known_by_its_hello) retry_at_ = never;
  t.out.emplace_back(link_effect::declare_down{who, std::move(reason), first == who_began::we});
}

// K6: what the peer sent meanwhile may sit unread in the socket.
void link_state::forgive_own_pause(time_point now) {
  if (phase_ != link_phase::up || !woken_at_ || *woken_at_ >= now) return;
  const duration late = now - *woken_at_;
  if (late > ping_interval_) detector_.forgive(late, now);
}

void link_state::do_what_is_due(turn& t) {
  if (phase_ == link_phase::down && retry_at_ <= t.now && !has_to_wait(t)) dial(t);
  if (phase_ == link_phase::handshaking && handshake_until_ <= t.now)
    lose(t, settings_.peer + " did not finish the handshake within " + ms(settings_.handshake_time_max));
  if (phase_ != link_phase::up && phase_ != link_phase::closed && down_at_ <= t.now) {
    const std::string why = settings_.peer + " has not come back within " + ms(settings_.down_after);
    if (has_stream() || is_awaited()) lose(t, why);  // its hello was of the epoch that ends
    declare_down(t, reason_.empty() ? why : why + ": " + reason_, who_began::we);
  }
  if (phase_ != link_phase::up) return;
  if (detector_.deadline() <= t.now) return lose(t, verdict(t.now));
  if (next_ping() <= t.now) {
    last_ping_ = last_sent_ = t.now;
    t.out.emplace_back(link_effect::send_ping{++pings_});
  }
}

std::string link_state::verdict(time_point now) const {
  const suspicion s = detector_.look(now);
  return "nothing was heard of " + settings_.peer + " for " + in_seconds(s.silent) +
         (detector_.is_at_most() ? ", the most that node.heartbeat_limit allows (" : " (") + to_string(s) +
         ")";
}

time_point link_state::next_ping() const noexcept {
  return after(std::max(last_ping_, std::min(detector_.last_heard(), last_sent_)), ping_interval_);
}

time_point link_state::next_deadline() const noexcept {
  switch (phase_) {
    case link_phase::down:
      return std::min(retry_at_, down_at_);
    case link_phase::handshaking:
      return std::min(handshake_until_, down_at_);
    case link_phase::up:
      return std::min(next_ping(), detector_.deadline());
    case link_phase::connecting:
      return down_at_;
    case link_phase::closed:
      break;
  }
  return never;
}

// Only an earlier time is asked for: a wake-up that has become needless costs one tick, re-arming at every
// frame costs a timer a frame.
void link_state::ask_to_be_woken(turn& t) {
  if (woken_at_ && *woken_at_ <= t.now) woken_at_.reset();  // it fires any moment, perhaps in vain
  const time_point due = next_deadline();
  if (due == never || (woken_at_ && *woken_at_ <= due)) return;
  check(due > t.now, "what is due was done");
  woken_at_ = due;
  t.out.emplace_back(link_effect::wake_at{due});
}

}  // namespace troupe
