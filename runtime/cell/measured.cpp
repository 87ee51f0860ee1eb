// How long messages wait in a cell's mailbox: stamped when sent, recorded when run (mailbox_times.hpp).
#include <troupe/cell/cell.hpp>
#include <utility>

namespace troupe {

void cell::sample(engine::envelope_ptr& e) noexcept {
  const engine::worker* const w = engine::worker::current();
  if (w ? w->sample_is_due() : env().waits().is_due_elsewhere()) stamp(e);
}

// Rare, so it may make another envelope, one with room for the time: all others stay as small as they are.
void cell::stamp(engine::envelope_ptr& e) noexcept {
  if (!e->counted || !settings_.type || !env().open()) return;
  if (engine::worker* const w = engine::worker::current()) w->sampled();
  e = engine::with_options(std::move(e));
  // The clock's time, not the turn's: a handler may have sent it long after its turn began.
  if (engine::envelope_options* const rare = e->options()) rare->sent = env().platform().clock().now();
}

void cell::record_wait(engine::envelope_options& of_message) {
  const time_point sent = std::exchange(of_message.sent, never);  // MT2
  if (settings_.type) env().waits().record(*settings_.type, env().platform().clock().now() - sent);
}

}  // namespace troupe
