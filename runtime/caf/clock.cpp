#include <algorithm>
#include <caf/actor_control_block.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <troupe/caf/clock.hpp>
#include <vector>

namespace troupe {

void caf_clock::alarm::fired() noexcept {
  const std::lock_guard hold{mutex_};
  if (owner_) owner_->ring();
}

void caf_clock::alarm::forget_owner() noexcept {
  const std::lock_guard hold{mutex_};
  owner_ = nullptr;
}

caf::actor_clock::time_point caf_clock::now() const noexcept {
  return time_point{scheduler_.platform().clock().now().time_since_epoch()};
}

template <class F>
void caf_clock::locked(F change) {
  const std::lock_guard hold{mutex_};
  if (closed_) return;
  change();
  rearm();
}

void caf_clock::rearm() {
  const time_point next = schedule().empty() ? time_point::max() : schedule().begin()->first;
  if (next == armed_for_) return;
  scheduler_.timers().cancel(*alarm_);
  armed_for_ = next;
  if (next != time_point::max())
    scheduler_.timers().arm(*alarm_, troupe::time_point{next.time_since_epoch()});
}

void caf_clock::ring() {
  std::vector<unique_delayed_event_ptr> due;
  {
    const std::lock_guard hold{mutex_};
    if (closed_) return;
    armed_for_ = time_point::max();
    for (auto next = schedule_.begin(); next != schedule_.end() && next->first <= now();) {
      if (const auto back = next->second->backlink; back != actor_lookup_.end()) actor_lookup_.erase(back);
      due.push_back(std::move(next->second));
      next = schedule_.erase(next);
    }
    rearm();
  }
  // Without mutex_: what is shipped may be the last handle to an actor, whose end runs its attached functions.
  for (const auto& entry : due) ship(*entry);
}

void caf_clock::close() {
  {
    const std::lock_guard hold{mutex_};
    if (closed_) return;
    closed_ = true;
    scheduler_.timers().cancel(*alarm_);
    simple_actor_clock::cancel_all();
  }
  alarm_->forget_owner();  // without mutex_: a firing alarm holds its own lock and waits for ours
}

void caf_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                     std::uint64_t id) {
  locked([&] { simple_actor_clock::set_ordinary_timeout(t, self, type, id); });
}

void caf_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                  std::uint64_t id) {
  locked([&] { simple_actor_clock::set_multi_timeout(t, self, type, id); });
}

void caf_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  locked([&] { simple_actor_clock::set_request_timeout(t, self, id); });
}

void caf_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  locked([&] { simple_actor_clock::cancel_ordinary_timeout(self, type); });
}

void caf_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  locked([&] { simple_actor_clock::cancel_request_timeout(self, id); });
}

void caf_clock::cancel_timeouts(caf::abstract_actor* self) {
  locked([&] { simple_actor_clock::cancel_timeouts(self); });
}

void caf_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                 caf::mailbox_element_ptr content) {
  locked([&] { simple_actor_clock::schedule_message(t, std::move(receiver), std::move(content)); });
}

void caf_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                                 caf::message content) {
  locked([&] {
    simple_actor_clock::schedule_message(t, std::move(target), std::move(sender), std::move(content));
  });
}

void caf_clock::cancel_all() {
  locked([&] { simple_actor_clock::cancel_all(); });
}

}  // namespace troupe
