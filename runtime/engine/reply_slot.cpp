#include <troupe/engine/envelope.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/engine/scheduler.hpp>

namespace troupe::engine {

bool reply_slot::complete(envelope_ptr reply) noexcept {
  worker::send_kept();  // the asker must not find that it overtakes what was sent before its answer
  if (taken_.exchange(true, std::memory_order_acq_rel)) return false;
  reply_ = std::move(reply);
  settled();
  return true;
}

bool reply_slot::fail(error why) noexcept {
  worker::send_kept();
  if (taken_.exchange(true, std::memory_order_acq_rel)) return false;
  why_ = std::make_unique<error>(std::move(why));
  settled();
  return true;
}

bool reply_slot::abandon(error why) noexcept {
  if (!fail(std::move(why))) return false;
  if (word_.exchange(word::too_late, std::memory_order_acq_rel) == word::left) hook_.call(hook_.who, *this);
  return true;
}

void reply_slot::fired() noexcept { abandon({errc::timeout, "no reply before the deadline"}); }

}  // namespace troupe::engine
