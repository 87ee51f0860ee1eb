// Which connections CAF's middleman is making, so that a system can wait for the last of them before CAF stops: the middleman keeps who asks alive until it
// has an answer, and CAF waits for that thread for ever if the answer is lost while it stops.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <troupe/base/units.hpp>

namespace troupe::detail {

/// See above. Thread-safe.
class connecting {
 public:
  /// One connection, from the question to CAF's answer.
  class ticket {
   public:
    explicit ticket(std::shared_ptr<connecting> of) noexcept : of_(std::move(of)) {}
    ~ticket() { of_->end(); }
    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;

   private:
    const std::shared_ptr<connecting> of_;
  };

  /// Begins one; null: it has been closed.
  static std::shared_ptr<const ticket> begin(const std::shared_ptr<connecting>& of);

  /// Lets none begin any more, and waits until those under way have ended, at most that long.
  void close(duration most) noexcept;

 private:
  void end() noexcept;

  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t under_way_ = 0;  // guarded by mutex_
  bool closed_ = false;        // guarded by mutex_
};

}  // namespace troupe::detail
