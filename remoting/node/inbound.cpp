#include <algorithm>
#include <functional>
#include <troupe/cell/cell.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/far_session.hpp>
#include <troupe/node/inbound.hpp>
#include <troupe/wire/foreign.hpp>
#include <utility>

namespace troupe::detail {

inbound::inbound(environment& env, const node_options& options, const node_identity& self,
                 const wait_seals& seals, inbound_host& host, std::unique_ptr<port::stream> stream)
    : env_(&env),
      options_(options),
      seals_(seals),
      near_(nearness_of(*stream, options)),
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
      std::string frame;
      wire::goodbye{"the node is shutting down"}.encode(frame);
      pipe_.queue().add_behind(std::move(frame));
      pipe_.flush();
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
      else if (std::string why = host_ ? host_->objection_to_age(pipe_.stream()->proof()) : std::string{};
               !why.empty())
        send_away(std::move(why), after);
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
  pipe_.stream()->wait_readable([self = inbound_ptr{this}](const result<void>& how) {
    if (self->is_over())
      return;  // the last who knew it: of a flood of strangers there may be thousands in one poll
    self->ready_ = how;
    intrusive_ptr_add_ref(self.get());
    self->env_->scheduler().submit(self->reading_);
  });
}

void inbound::read_turn() {
  engine::scheduler& scheduler = env_->scheduler();
  const time_point begun = env_->platform().clock().now();
  pace_.handled(begun);
  scheduler.work_alone(pace_.alone());
  later after;
  handed_on_ = 0;
  bool more = true;
  for (int rounds = 0; more && rounds < read_rounds_max && handed_on_ < limits::turn_messages_max; ++rounds) {
    more = read_some(ready_, after);
    take_frames(after);
  }
  // There will be more, from one who sends so much.
  const bool gives_way = handed_on_ >= limits::turn_messages_max;
  {
    const std::lock_guard hold{mutex_};
    acknowledge();
    handling_ = false;
    after.swap(drained_);
    more = (more || gives_way) && pipe_.stream() && !closing_;
    if (!more) {
      waiting_for_bytes_ = false;
      wait_readable();
    }
  }
  for (auto& f : after) f();
  if (more && gives_way) {
    pace_.read(begun, env_->platform().clock().now());
    return scheduler.submit_behind(reading_);
  }
  scheduler.work_alone(false);
  if (more) return scheduler.submit_last(reading_);
  intrusive_ptr_release(this);
}

// Whether there may be more.
bool inbound::read_some(const result<void>& how, later& after) {
  const std::lock_guard hold{mutex_};
  handling_ = true;
  if (!pipe_.stream() || closing_ || pipe_.unsent() > options_.unsent_max) return false;  // IN6
  port::stream& stream = *pipe_.stream();
  // What belongs to a part under way is read into its place, with the front of what follows.
  const auto place = session_ && stream.scatters() ? reader_.place() : std::span<std::byte>{};
  const bool in_part = session_ && stream.scatters() && reader_.part_left() > 0;
  const auto buffer = std::span{peer_read_buffer()}.first(in_part ? behind_place : peer_read_buffer().size());
  const auto read = [&] {
    return place.empty() ? stream.read_some(buffer) : stream.read_scattered(place, buffer);
  };
  const auto got = how ? read() : result<std::size_t>{how.error()};
  if (!got && got.error().code == errc::refused) {
    turn_away({.code = errc::refused, .text = got.error().text}, after);
    return false;
  }
  if (!got) {
    if (got.error().code != errc::would_block) lose(after, got.error().text);
    return false;
  }
  if (*got == 0) {
    lose(after, "the peer closed the connection");
    return false;
  }
  heard_at_ = env_->platform().clock().now();
  const std::size_t placed = std::min(*got, place.size());
  const std::span<const std::byte> rest = buffer.first(*got - placed);
  if (placed > 0) reader_.filled(placed);
  if (auto objection = costs_too_much(rest)) {
    turn_away(*objection, after);
    return false;
  }
  reader_.lend(rest, peer_read_spare());
  return *got == place.size() + buffer.size();
}

// Why bytes of a handshake are not taken (IN13).
std::optional<wire::reject> inbound::costs_too_much(std::span<const std::byte> bytes) {
  if (session_) return {};
  const bool is_first = guard_.is_untouched();
  auto too_much = guard_.on_bytes(bytes.size());
  if (!too_much && !std::exchange(counted_proof_, true))
    too_much = guard_.on_bytes(pipe_.stream()->proof().bytes);
  if (too_much) return too_much;
  if (is_first && wire::looks_like_tls({reinterpret_cast<const char*>(bytes.data()), bytes.size()}))
    return wire::reject{
        .code = errc::refused,
        .text = "it speaks TLS and this node does not; give both certificates (node.tls), or neither"};
  return {};
}

void inbound::find_session() {
  const std::lock_guard hold{mutex_};
  reads_for_ = session_.get();
  if (reads_for_) reader_.raise_limit(options_.message_max, options_.message_max);
}

// All that are there (IN11). A frame's body lasts until the next one is taken: what there is to do with it is done before.
void inbound::take_frames(later& after) {
  const auto do_it = [&] {
    for (auto& f : after) f();
    after.clear();
  };
  for (do_it();; do_it()) {
    // Acquire: pairs with the lock under which it is set, by whoever closes.
    if (closing_.load(std::memory_order_acquire)) break;
    if (reads_for_)
      take_tells();
    else
      find_session();
    auto next = reader_.next();
    if (next && !*next) break;
    if (next && reads_for_) {
      const auto done = message(**next);
      if (done && *done) continue;
      if (!done) next = done.error();
    }
    engine::worker::send_kept();  // IN23
    const std::lock_guard hold{mutex_};
    if (closing_) break;
    if (next && !peer_.empty())
      handle(**next, after);
    else if (next)
      first_frame(**next, after);
    else if (peer_.empty())
      turn_away({.code = errc::decode_error, .text = next.error().text}, after);
    else
      lose(after, next.error().text);
  }
  if (engine::worker* const w = engine::worker::current()) w->outbox().end_handler();  // IN23
  do_it();
  handed_on_ += read_;
  if (read_ != 0) reads_for_->messages(std::exchange(read_, 0));
}

void inbound::first_frame(const wire::frame& f, later& after) {
  const auto answer = guard_.on_frame(
      f, [this](std::string_view node, std::uint64_t inc) { return host_ && host_->is_replaced(node, inc); },
      [this](std::string_view node) {
        return host_ ? host_->objection_to(pipe_.stream()->proof(), node) : std::string{"the node stops"};
      });
  if (const auto* no = std::get_if<wire::reject>(&answer)) {
    turn_away(*no, after);
    return;
  }
  const auto& yes = std::get<admission>(answer);
  peer_ = yes.peer.node;
  answer_ = yes.answer;
  takes_max_ = yes.peer.message_max;
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
  if (!reads_for_) return lose(after, "a " + std::string{to_string(f.kind)} + " came before the welcome");
  switch (f.kind) {
    case wire::frame_kind::ping: {
      const auto body = wire::ping::decode(f.body);
      if (!body) return lose(after, body.error().text);
      wire::pong{body->number}.encode(pipe_.urgent());
      schedule();
      return;
    }
    case wire::frame_kind::pong:
      return;
    case wire::frame_kind::cancel: {
      const auto body = wire::cancel::decode(f.body);
      if (!body) return lose(after, body.error().text);
      if (remote_request_ptr one = open_.take(body->request))
        give_up({std::move(one)}, errc::cancelled, "the asker gave up", after);
      return;
    }
    case wire::frame_kind::probe:
      return probe(f, after);
    case wire::frame_kind::contracts_wanted:
      return contracts_wanted(f, after);
    case wire::frame_kind::introduction:
      return introduction_came(f, after);
    case wire::frame_kind::watch:
    case wire::frame_kind::unwatch:
    case wire::frame_kind::obituary:
    case wire::frame_kind::link:
    case wire::frame_kind::unlink:
    case wire::frame_kind::linked:
    case wire::frame_kind::link_end:
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

inbound::opening inbound::opens(const remote_request_ptr& request, parked_offer offered) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (closing_) return opening::closed;
    if (open_.count() >= options_.requests_max && !open_.find(request->number())) return opening::full;
    if (open_.add(request)) {
      if (offered.counts) {
        offered_bytes_ += offered.bytes;
        offers_.emplace(request->number(), std::move(offered));
      }
      return opening::open;
    }
    lose(after, "request " + std::to_string(request->number()) + " came while it was open");
  }
  for (auto& f : after) f();
  return opening::closed;
}

void inbound::give_up(std::vector<remote_request_ptr> all, errc code, std::string_view text, later& after) {
  if (all.empty()) return;
  std::vector<parked_offer> parked;
  for (const auto& one : all)
    if (parked_offer offered = unparked(one->number()); offered.what) parked.push_back(std::move(offered));
  after.push_back([all = std::move(all), parked = std::move(parked), why = error{code, std::string{text}}] {
    for (const auto& offered : parked) offered.at->withdraw(*offered.what);  // IN15
    for (const auto& one : all) one->abandon(why);
  });
}

void inbound::append(wire::lane in, const std::string& frame) {
  const std::lock_guard hold{mutex_};
  if (!pipe_.stream() || closing_) return;
  pipe_.queue().add(in, frame);
  schedule();
}

void inbound::answer(remote_request& to, engine::outcome what) noexcept {
  encoded out;
  wire::message_front front;
  const auto encode = [&]() -> result<void> {
    if (auto* const why = std::get_if<error>(&what)) return std::move(*why);
    const engine::envelope& e = *std::get<engine::envelope_ptr>(what);
    if (auto done = out.put(*e.type, e.payload(), &env_->names()); !done) return done;
    if (is_worth_packing(options_, out.payload_bytes(), both_can_.load(std::memory_order_relaxed)))
      out.pack();
    if (out.is_packed()) front.packed(out.payload_bytes());
    front.reply(to.number(), e.type->hash, out.leaving_bytes());
    return {};
  };
  auto done = encode();
  std::vector<wire::introduction> nodes;
  if (done && !out.other_nodes().empty()) nodes = nodes_named_in(out);
  parked_offer over;  // goes when the lock has been released
  std::optional<event> news;
  {
    const std::lock_guard hold{mutex_};
    if (!open_.take(to) || !pipe_.stream() || closing_) return;
    over = unparked(to.number());
    if (done) done = can_leave(out.payload_bytes());
    if (!done && std::holds_alternative<engine::envelope_ptr>(what)) {  // IN20
      news = event{event_kind::dead_letter, env_->now(), peer_, {}, to_string(done.error())};
      news->message = to.reply_type().name;
    }
    if (done) {
      if ((both_can_.load(std::memory_order_relaxed) & wire::can_introduce) != 0)
        for (const wire::introduction& node : nodes)
          if (introduced_.is_news(node)) node.encode(pipe_.urgent());
      // Replies have no order among themselves, so a large one needs to hold up nobody.
      const bool large = out.leaving_bytes() > wire::part_bytes_max;
      out.leave(pipe_.queue(), large ? wire::lane::bulk : wire::lane::ordinary, front);
    } else {
      std::string frame;
      wire::failure{to.number(), std::move(done.error())}.encode(frame);
      pipe_.queue().add(wire::lane::ordinary, frame);
    }
    schedule();
  }
  if (news) env_->events().publish(*news);
}

// IN20, IN6
result<void> inbound::can_leave(std::size_t reply_bytes) const {
  if (reply_bytes > takes_max_) {
    const bool joins = (both_can_.load(std::memory_order_relaxed) & wire::can_join) != 0;
    return error{errc::invalid,
                 "a reply of " + std::to_string(reply_bytes) + " bytes is larger than the " +
                     std::to_string(takes_max_) + " that node " + peer_ + " takes" +
                     (joins ? " (node.message_max there)" : ": it is of a release that joins no parts") +
                     "; answer in parts"};
  }
  if (has_too_much_to_say())
    return error{errc::overloaded, "more than " + std::to_string(options_.unsent_max) +
                                       " bytes of answers wait for node " + peer_ + " (node.unsent_max)"};
  return {};
}

bool inbound::has_too_much_to_say() const noexcept { return pipe_.unsent() / 2 > options_.unsent_max; }

void inbound::tell_refused(std::string who, std::string why, later& after) {
  event news{event_kind::peer_refused, env_->now(), std::move(who), {}, std::move(why),
             "closed its connection"};
  after.push_back([env = env_, news = std::move(news)] { env->events().publish(news); });
}

void inbound::turn_away(const wire::reject& why, later& after) {
  tell_refused(pipe_.stream()->peer(), why.text, after);
  why.encode(pipe_.urgent());
  pipe_.flush();  // it is being turned away: what does not leave at once need not
  close(after);
}

// IN19
void inbound::send_away(std::string why, later& after) {
  tell_refused(peer_, "it is not let in any more: " + std::move(why), after);
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
  close(after);
  // Who hears of it may dial anew: its place is free by then.
  (handling_ ? drained_ : after).push_back([env = env_, news = std::move(news)] {
    env->events().publish(news);
  });
}

void inbound::close(later& after) {
  if (closing_) return;
  closing_ = true;
  pipe_.close();
  env_->timers().cancel(*this);
  give_up(open_.take_all(), errc::cancelled, "the asker's connection has ended", after);
  if (host_)
    (handling_ ? drained_ : after).push_back([self = inbound_ptr{this}, host = host_] {  // IN18
      host->forget(*self, self->peer_);
    });
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
  const bool reads_nothing = pipe_.unsent() > options_.unsent_max;
  const std::uint64_t before = pipe_.written();
  const pipe::state how = pipe_.write_out(why);
  if (reads_nothing && pipe_.written() != before) heard_at_ = env_->platform().clock().now();  // IN5
  switch (how) {
    case pipe::state::done:
      return;
    case pipe::state::has_more:
      return schedule();
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
    case pipe::state::closed:
      return;
  }
}

}  // namespace troupe::detail
