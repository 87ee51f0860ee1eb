// Waits for what happens to one actor, by the events of its system.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <troupe/observe/event.hpp>
#include <troupe/troupe.hpp>
#include <utility>

namespace shop {

/// Counts how often the actor at a path serves again. Thread-safe; outlives its system.
class witness {
 public:
  explicit witness(std::string path) : path_(std::move(path)) {}

  /// Looks at that system from now on.
  void look_at(troupe::system& sys) {
    sys.events().subscribe([this](const troupe::event& e) {
      if (e.kind != troupe::event_kind::actor_restarted || e.path != path_) return;
      const std::lock_guard hold{mutex_};
      ++restarts_;
      changed_.notify_all();
    });
  }
  /// Waits until it has been put back so often; false when that takes longer than `patience`.
  bool wait_for(int restarts, troupe::duration patience) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, patience, [&] { return restarts_ >= restarts; });
  }

 private:
  const std::string path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int restarts_ = 0;  // guarded by mutex_
};

}  // namespace shop
