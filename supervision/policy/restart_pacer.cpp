#include <troupe/policy/restart_pacer.hpp>

namespace troupe {

restart_pacer::restart_pacer(const restart_pace& pace)
    : how_(pace.index() == 1
               ? std::variant<waiting, breaking>{waiting{backoff{std::get<backoff_restart>(pace).waits},
                                                         std::get<backoff_restart>(pace).failures_max}}
               : std::variant<waiting, breaking>{breaking{
                     restart_window{std::get<circuit_restart>(pace).failures_max - 1,
                                    std::get<circuit_restart>(pace).within},
                     std::get<circuit_restart>(pace).within, std::get<circuit_restart>(pace).open_for}}) {}

pace_verdict restart_pacer::failed(time_point now, prng& random) {
  if (auto* const w = std::get_if<waiting>(&how_)) {
    const duration wait = w->waits.next_delay(now, random);
    return {wait, w->failures_max != 0 && w->waits.failures() > w->failures_max, false};
  }
  auto& b = std::get<breaking>(how_);
  if (b.is_open && b.trial_at && now - *b.trial_at >= b.within) {  // the trial was passed
    b.is_open = false;
    b.recent.clear();
  }
  b.trial_at.reset();
  if (!b.is_open && b.recent.record(now)) return {};
  b.is_open = true;
  return {b.open_for, false, true};
}

void restart_pacer::worked(time_point now) noexcept {
  if (auto* const w = std::get_if<waiting>(&how_))
    w->waits.worked(now);
  else if (auto& b = std::get<breaking>(how_); b.is_open)
    b.trial_at = now;
}

}  // namespace troupe
