// A stack of its own for each thread of a checked program. Only one runs at a time and it says itself who is
// next, so a run is a function of the choices made.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace interleave {

/// A stack and what runs on it. Not thread-safe: all fibers of a program live on one thread.
class fiber {
 public:
  /// The stack that the caller is running on.
  fiber();
  /// A new stack; `entry` begins at the first switch to it and ends by a call of `leave`, never by returning.
  explicit fiber(std::function<void()> entry);
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;
  ~fiber();

  /// Suspends `from`, which is running, and goes on with `to`. Returns when somebody switches back.
  static void change(fiber& from, fiber& to);
  /// Goes on with `to`; `from` is never resumed.
  [[noreturn]] static void leave(fiber& from, fiber& to);

 private:
  static void enter(unsigned high, unsigned low);
  static void arrived();
  static void jump(fiber& from, fiber& to, bool for_good);

  static constexpr std::size_t stack_bytes = 256 * 1024;

  ucontext_t context_{};
  std::function<void()> entry_;
  std::unique_ptr<std::byte[]> stack_;
  // For the sanitizers, which must be told of every change of stacks.
  void* tsan_fiber_ = nullptr;
  void* fake_stack_ = nullptr;
  const void* bottom_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace interleave
