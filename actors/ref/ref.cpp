#include <algorithm>
#include <troupe/cell/context.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe::detail {

void prepare_ask(engine::envelope& e, engine::reply_slot_ptr slot, environment& env, duration timeout) {
  slot->deadline = std::min(env.from_now(timeout), turn_context::current().deadline);  // M6
  env.timers().arm(*slot, slot->deadline);
  e.reply = std::move(slot);
}

}  // namespace troupe::detail
