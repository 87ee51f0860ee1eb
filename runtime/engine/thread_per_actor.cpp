#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/engine/thread_per_actor.hpp>
#include <utility>

namespace troupe::engine {

void thread_per_actor::submit(runnable&) {
  broken_invariant("a runnable was submitted to `pinned` itself, not to the seat it took there", TROUPE_HERE);
}

result<seat> thread_per_actor::take_seat() {
  const std::lock_guard hold{mutex_};
  if (stopped_) return error{errc::closed, "its dispatcher has been stopped"};
  auto made = pinned_thread::begin(start_, counted_);
  if (!made) return made.error();
  // Swept when it has doubled, so that a seat costs the same however many there were.
  if (made_.size() >= 2 * swept_ + 16) {
    std::erase_if(made_, [](const auto& t) { return t.expired(); });
    swept_ = made_.size();
  }
  made_.push_back(*made);
  pinned_thread* const at = made->get();
  // The token owns the thread for the time between its last turn and the retirement.
  return seat{at, std::shared_ptr<void>{at, [thread = std::move(*made)](void*) { thread->retire(); }}};
}

std::size_t thread_per_actor::threads() const {
  const std::lock_guard hold{mutex_};
  return static_cast<std::size_t>(
      std::count_if(made_.begin(), made_.end(), [](const auto& t) { return !t.expired(); }));
}

void thread_per_actor::stop() {
  std::vector<std::weak_ptr<pinned_thread>> all;
  {
    const std::lock_guard hold{mutex_};
    stopped_ = true;
    all.swap(made_);
  }
  for (const auto& one : all)
    if (const auto thread = one.lock()) thread->stop();
}

}  // namespace troupe::engine
