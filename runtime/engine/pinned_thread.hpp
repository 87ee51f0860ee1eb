// A dispatcher with one thread of its own: for actors that must always run on the same thread (a library that keeps its
// state there), or that must wait behind nobody else.
// Source: Akka's PinnedDispatcher; CAF's detached actors.
//
//  | who        | may call                                    |
//  | any thread | submit, submit_last                         |
//  | its owner  | retire, from any thread; stop, from another |
//
// Rules
//  PT1 All turns run on the one thread, first in, first out. It is there before anything can be queued, so a thread that is
//      not to be had is an error of whoever starts it.
//  PT2 The thread waits on a condition while nothing is queued. Nothing polls.
//  PT3 `stop` ends the thread after its current turn and waits for it; what is queued is dropped. `retire` ends it as soon
//      as nothing is queued, and waits for nobody.
//  PT4 The thread owns the dispatcher too. A submit touches nothing of it any more once it has let go of the lock: by then
//      what it queued may have run, retired the thread, and taken the dispatcher with it.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <troupe/engine/runnable.hpp>
#include <troupe/engine/thread_starter.hpp>
#include <troupe/engine/turn_count.hpp>

namespace troupe::engine {

/// One thread and its queue (PT1-PT4).
class pinned_thread final : public dispatcher {
 public:
  /// Starts the thread, with `start` (empty: the operating system's). Its turns are counted in `counted` too, if given
  /// (TN1). `errc::io` when there is no thread to be had.
  static result<std::shared_ptr<pinned_thread>> begin(const thread_starter& start = {},
                                                      turn_count* counted = nullptr);

  /// REQUIRES: it is made by `begin`.
  pinned_thread() = default;
  pinned_thread(const pinned_thread&) = delete;
  pinned_thread& operator=(const pinned_thread&) = delete;

  void submit(runnable& r) override;
  void stop() override;

  /// Nothing more will be submitted: the thread ends when it has run what is queued (PT3). Thread-safe.
  void retire() noexcept;

 private:
  void work();

  turn_count* counted_ = nullptr;  // set before the thread starts
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable ended_;
  std::deque<runnable*> waiting_;  // guarded by mutex_, with all below
  bool waits_ = false;             // the thread, for work
  bool retired_ = false;
  bool stopping_ = false;
  bool over_ = false;  // the thread has ended
};

}  // namespace troupe::engine
