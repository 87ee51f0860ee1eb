#include <troupe/engine/envelope.hpp>
#include <troupe/engine/recipient.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/engine/scheduler.hpp>

namespace troupe::engine {

void reply_slot::end_word() noexcept { word_.end(); }

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
  if (const auto left = word_.close(); left.holder) {
    if (left.kind == word_kind::works)
      left.holder->asker_gave_up(*this);
    else
      left.holder->release_reference();
  }
  return true;
}

recipient* reply_slot::find_holder() noexcept { return word_.find(); }

void reply_slot::fired() noexcept { abandon({errc::timeout, "no reply before the deadline"}); }

}  // namespace troupe::engine
