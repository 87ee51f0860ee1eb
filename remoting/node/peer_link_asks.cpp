// What a link does for the asks that it has sent: it brings replies home, hears of askers who give up, and sends probes behind them.
#include <troupe/node/peer_link.hpp>
#include <troupe/node/sent_request.hpp>
#include <troupe/node/unpacked.hpp>
#include <utility>

namespace troupe::detail {

void peer_link::open(std::uint64_t request, sent_request* word, engine::reply_slot_ptr slot, wire::lane in) {
  if (word && !word->leave_word(*slot, in, pipe_.queue().end(in)) && slot->is_settled())
    return say_cancelled(request, in);  // he has given up meanwhile
  pending_.emplace(request, open_ask{std::move(slot), in});
}

void peer_link::cancel(std::uint64_t request) noexcept {
  decltype(pending_)::node_type gone;  // the slot goes when the lock has been released
  const std::lock_guard hold{mutex_};
  gone = pending_.extract(request);
  if (gone) say_cancelled(request, gone.mapped().in);  // else it was answered, or the link was cut
}

void peer_link::say_cancelled(std::uint64_t request, wire::lane in) {
  if ((both_can_.load(std::memory_order_relaxed) & wire::can_cancel) == 0) return;
  std::string frame;
  wire::cancel{request}.encode(frame);
  pipe_.queue().add(in, frame);
  schedule();
}

bool peer_link::has_left(wire::lane in, std::uint64_t end) noexcept {
  const std::lock_guard hold{mutex_};
  pipe_.settle();  // the peer may have what is being written, and must not be told that it has not left
  return pipe_.queue().gone(in) >= end;
}

void peer_link::follow(std::uint64_t request, far_path path) noexcept {
  if (path.hops >= far_path::hops_max) return;
  std::string frame;
  seals_.to_frame(request, std::move(path)).encode(frame);
  const std::lock_guard hold{mutex_};
  const auto asked = pending_.find(request);
  if ((both_can_.load(std::memory_order_relaxed) & wire::can_probe) == 0 || asked == pending_.end() ||
      pipe_.queue().unsent(asked->second.in) > options_.unsent_max)
    return;
  pipe_.queue().add(asked->second.in, frame);  // behind the ask
  schedule();
}

void peer_link::accept_reply(const engine::reply_slot_ptr& slot, std::uint64_t hash, std::string_view payload,
                             std::uint64_t packed, bytes_keeper& keeper) const {
  const message_type& type = slot->reply_type();
  if (type.hash != hash || !type.decode) {
    slot->fail({errc::decode_error, "the reply is of another type than expected"});
    return;
  }
  unpacked room;
  const auto plain = room.of(payload, packed);
  if (!plain) {
    slot->fail(plain.error());
    return;
  }
  auto e = engine::allocate_envelope(type);
  byte_reader in{*plain, &env_->names(), static_cast<const ref_guest*>(gate_.get()),
                 packed == 0 ? &keeper : nullptr};
  try {
    if (!type.decode(e->payload(), in)) {
      slot->fail({errc::decode_error, "the reply does not decode: " + std::string{in.why()}});
      return;
    }
  } catch (...) {
    slot->fail({errc::decode_error, "decoding the reply " + std::string{type.name} + " threw " +
                                        to_string(current_exception_error(errc::decode_error))});
    return;
  }
  e->type = &type;
  slot->complete(std::move(e));
}

}  // namespace troupe::detail
