// Where a suspended coroutine goes on, with the context it was suspended in (runtime/cell/context.hpp, CX1).
#pragma once

#include <coroutine>
#include <cstdint>
#include <troupe/cell/context.hpp>
#include <troupe/engine/block_pool.hpp>
#include <utility>

namespace troupe::detail {

/// A context kept for later, in one word: each open ask has one, and hardly any has a trace. Movable. Used in its actor's turns only.
class kept_context {
 public:
  kept_context() = default;
  /// Keeps `c`, with a copy of its trace.
  explicit kept_context(const turn_context& c) : word_(c.deadline.time_since_epoch().count()) {
    if (c.trace) [[unlikely]]
      word_ = -reinterpret_cast<std::intptr_t>(new with_trace{c.deadline, *c.trace});
  }
  kept_context(kept_context&& other) noexcept : word_(std::exchange(other.word_, none)) {}
  kept_context& operator=(kept_context&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~kept_context() {
    if (word_ < 0) [[unlikely]]
      delete block();
  }

  /// The context, valid as long as this.
  turn_context get() const noexcept {
    if (word_ < 0) [[unlikely]]
      return {block()->deadline, &block()->trace};
    return {time_point{duration{word_}}};
  }

 private:
  struct with_trace {
    time_point deadline;
    trace_context trace;
    static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
    static void operator delete(void* at, std::size_t bytes) noexcept { engine::free_bytes(at, bytes); }
  };
  static constexpr std::int64_t none = never.time_since_epoch().count();

  const with_trace* block() const noexcept {
    return reinterpret_cast<const with_trace*>(static_cast<std::intptr_t>(-word_));
  }

  // The deadline, which no clock puts before its beginning; or, negated, where deadline and trace are.
  std::int64_t word_ = none;
};

/// A coroutine that waits, or none. Used in its actor's turns only.
class continuation {
 public:
  continuation() = default;
  /// `waiting` is suspended in the context in force.
  continuation(std::coroutine_handle<> waiting) : waiting_(waiting), context_(turn_context::current()) {}

  /// Whether one waits.
  explicit operator bool() const noexcept { return static_cast<bool>(waiting_); }

  /// Lets it go on, once; does nothing when none waits.
  void resume() {
    if (const auto waiting = std::exchange(waiting_, nullptr)) {
      const kept_context kept = std::move(context_);  // what resumes may end this object
      const context_scope inside{kept.get()};
      waiting.resume();
    }
  }

 private:
  std::coroutine_handle<> waiting_;
  kept_context context_;
};

}  // namespace troupe::detail
