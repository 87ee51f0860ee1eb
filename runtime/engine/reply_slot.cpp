#include <troupe/engine/envelope.hpp>
#include <troupe/engine/reply_slot.hpp>

namespace troupe::engine {

bool reply_slot::complete(envelope_ptr reply) noexcept {
  if (taken_.exchange(true, std::memory_order_acq_rel)) return false;
  reply_ = std::move(reply);
  settled();
  return true;
}

bool reply_slot::fail(error why) noexcept {
  if (taken_.exchange(true, std::memory_order_acq_rel)) return false;
  why_ = std::make_unique<error>(std::move(why));
  settled();
  return true;
}

void reply_slot::fired() noexcept { fail({errc::timeout, "no reply before the deadline"}); }

}  // namespace troupe::engine
