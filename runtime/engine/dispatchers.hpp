// The dispatchers of a system by name: the built-in `default`, `blocking` and `pinned`, and those that are configured.
//
// Rules
//  DI1 Made once, before anything runs; after `start` the table does not change, so looking a name up takes no lock.
//  DI2 A name belongs to one dispatcher: 1 to 64 of a-z, 0-9, '_' and '-', a letter first; not a built-in one.
//  DI3 What can't be made (a name, a number of threads, no thread to be had) is `failed` with one line that names the
//      dispatcher.
//  DI4 Where a stepper decides what happens, all but the default one are queues that it steps, whatever their kind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <troupe/engine/blocking_pool.hpp>
#include <troupe/engine/dispatcher_spec.hpp>
#include <troupe/engine/scheduler.hpp>
#include <troupe/engine/stepped_queue.hpp>
#include <troupe/engine/thread_per_actor.hpp>
#include <vector>

namespace troupe::engine {

/// The table (DI1-DI3).
class dispatchers {
 public:
  /// The built-in ones, of which two are somebody else's, and those of `specs`, on the ports of `platform`.
  dispatchers(port::platform& platform, scheduler& standard, blocking_pool& blocking,
              const std::vector<dispatcher_spec>& specs);
  ~dispatchers();
  dispatchers(const dispatchers&) = delete;
  dispatchers& operator=(const dispatchers&) = delete;

  /// Has each pool measure one message in each `period` a worker. Before `start`.
  void sample_every(duration period) noexcept;
  /// Starts the threads of the configured ones that have some from the beginning.
  void start();

  /// The dispatcher of that name, null if there is none. Thread-safe.
  dispatcher* find(std::string_view name) const noexcept;

  /// Sends what the workers of all pools keep for `to` (OB4). REQUIRES and thread-safety as `scheduler::settle`.
  void settle(recipient& to) const noexcept {
    for (const entry& e : all_)
      if (e.pool) e.pool->settle(to);
  }

  /// All names, sorted, with commas between them: for an error.
  std::string names() const;

  /// Calls `f` for each blocking dispatcher with its name. Before anything runs.
  void each_blocking(const std::function<void(const std::string& name, blocking_pool&)>& f);

  /// Calls `f` for each configured pool with its name. Before anything runs.
  void each_pool(const std::function<void(const std::string& name, scheduler&)>& f);

  /// The turns that wait or run on threads that no port parks: those of all dispatchers that are no pool.
  turn_count& turns() noexcept { return turns_; }

  /// The threads of the configured pools. They wait through the ports.
  unsigned pool_threads() const noexcept;

  /// Whether anything waits in the queues of the configured pools, as of now.
  bool anything_queued() const noexcept;

  /// Stops all but the default one, each once; `before` is called with the name of the next.
  void stop(const std::function<void(const std::string& name)>& before);

 private:
  struct entry {
    std::string name;
    dispatcher* at = nullptr;
    std::unique_ptr<port::platform> ports = {};  // a pool's; goes after it
    std::shared_ptr<dispatcher> owned = {};      // null: somebody else's
    scheduler* pool = nullptr;                   // to be started
    blocking_pool* blocking = nullptr;
  };

  void add(port::platform& platform, const dispatcher_spec& spec);
  void add_stepped(port::stepper& by, std::string name);

  turn_count turns_;  // before those who count in it
  std::vector<entry> all_;
};

}  // namespace troupe::engine
