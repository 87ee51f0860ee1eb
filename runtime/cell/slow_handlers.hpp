// Finds handlers that do not return: on a pool of workers one that waits or computes for long holds up a core, and all that waits
// behind it.
//
// Rules
//  SH1 Found by the scheduler's lookout, which looks at the workers every 10 ms, not by timing each handler (scheduler.hpp, P9). So a
//      limit is kept to 20 ms, and what is shorter than that may not be seen.
//  SH2 Reported once while it runs (`handler_slow`: actor, type of the message, how long so far), and once when it has ended
//      (`handler_ended`, how long in all). Logged at a limited rate (observe/hub.hpp, O2).
//  SH3 Watched are the workers of the default dispatcher and of configured pools. Who runs on a thread that is made for waiting, on a
//      `blocking` or `pinned` dispatcher, may wait.
//  SH4 The lookout reads the path of a cell that another thread runs. While it does, no cell's memory goes (environment.hpp,
//      `inspection`): it says that it looks, fences (RN1), and looks who runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/cell/running.hpp>
#include <troupe/engine/scheduler.hpp>
#include <vector>

namespace troupe {

class environment;

/// Watches the workers of one scheduler (SH1-SH4).
class slow_handlers final : public engine::turn_watch {
 public:
  /// Reports to the hub of `env` what lasts for `limit`.
  slow_handlers(environment& env, unsigned workers, duration limit);

  void begins(unsigned worker) noexcept override;
  void look(const engine::worker& w) noexcept override;

 private:
  /// What is known of one worker. All but `at` is the lookout's.
  struct seen {
    std::atomic<detail::running_turn*> at{nullptr};  // acquire and release pair: the thread has begun
    std::uint64_t turn = 0;
    time_point since{};  // when that turn was seen first
    bool reported = false;
    std::string path;
    std::string message;
  };

  void find_out(seen& s, const engine::worker& w, time_point now);
  void tell_end(seen& s, time_point now);

  environment& env_;
  const duration limit_;
  const std::unique_ptr<seen[]> workers_;
};

}  // namespace troupe
