#include <troupe/ref/ref.hpp>

namespace troupe::detail {

void prepare_ask(engine::envelope& e, engine::reply_slot_ptr slot, environment& env, duration timeout) {
  e.cause = current_cause();
  slot->deadline = after(env.now(), timeout);
  e.options = std::make_unique<engine::envelope_options>();
  e.options->deadline = slot->deadline;
  env.timers().arm(*slot, slot->deadline);
  e.reply = std::move(slot);
}

std::uint64_t current_cause() noexcept {
  const cell* const c = cell::current();
  return c ? c->number() : 0;
}

}  // namespace troupe::detail
