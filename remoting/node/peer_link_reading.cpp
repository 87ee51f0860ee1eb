// What the peer says on the connection that this node has dialled: read in turns (PL25), and each frame handled.
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/foreign.hpp>
#include <troupe/wire/packed.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// Bytes of a part that come at once and are a sign of life (PL16). Signs of life themselves are shorter.
constexpr std::size_t worth_hearing = 256;

}  // namespace

void peer_link::wait_readable() {
  if (!pipe_.stream()) return;
  pipe_.stream()->wait_readable([self = peer_link_ptr{this}, attempt = state_.attempt()](
                                    const result<void>& how) { self->ready(attempt, how); });
}

// PL25
void peer_link::ready(std::uint64_t attempt, const result<void>& how) {
  {
    const std::lock_guard hold{mutex_};
    ready_ = {attempt, how};
    if (std::exchange(reads_, true)) return;
  }
  intrusive_ptr_add_ref(this);
  env_->scheduler().submit(reading_);
}

void peer_link::read_turn() {
  std::optional<readiness> now;
  {
    const std::lock_guard hold{mutex_};
    now = std::exchange(ready_, {});
  }
  if (now) readable(now->attempt, now->how);
  {
    const std::lock_guard hold{mutex_};
    reads_ = ready_.has_value();
    if (reads_) return env_->scheduler().submit_last(reading_);
  }
  intrusive_ptr_release(this);
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

}  // namespace troupe::detail
