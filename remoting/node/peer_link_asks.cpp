// What a link does for the asks that it has sent: it hears of askers who give up, and sends probes behind them.
#include <troupe/node/encoded.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/node/sent_request.hpp>
#include <utility>

namespace troupe::detail {

void peer_link::open(std::uint64_t request, sent_request* word, const engine::reply_slot_ptr& slot) {
  if (word && !word->leave_word(*slot, pipe_.end()) && slot->is_settled())
    return say_cancelled(request);  // he has given up meanwhile
  pending_.emplace(request, slot);
}

void peer_link::cancel(std::uint64_t request) noexcept {
  decltype(pending_)::node_type gone;  // the slot goes when the lock has been released
  const std::lock_guard hold{mutex_};
  gone = pending_.extract(request);
  if (gone) say_cancelled(request);  // else it was answered, or the link was cut
}

void peer_link::say_cancelled(std::uint64_t request) {
  if ((both_can_ & wire::can_cancel) == 0) return;
  wire::cancel{request}.encode(pipe_.out());
  schedule();
}

bool peer_link::has_left(std::uint64_t end) const noexcept {
  const std::lock_guard hold{mutex_};
  return pipe_.gone() >= end;
}

void peer_link::follow(std::uint64_t request, far_path path) noexcept {
  if (path.hops >= far_path::hops_max) return;
  encoded out;
  seals_.to_frame(request, std::move(path)).encode(out.text());
  const std::lock_guard hold{mutex_};
  if ((both_can_ & wire::can_probe) == 0 || !pending_.contains(request) ||
      pipe_.unsent() > options_.unsent_max)
    return;
  pipe_.out() += out.text();
  schedule();
}

}  // namespace troupe::detail
