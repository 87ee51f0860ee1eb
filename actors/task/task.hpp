// `task<T>`: a lazily started coroutine that is awaited once.
//
// Rules
//  TK1 A task runs in its actor's turns only; nothing about it is thread-safe, nothing needs to be.
//  TK2 It starts when it is awaited and resumes whoever awaits it when it ends (symmetric transfer: no stack
//      grows).
//  TK3 Destroying a task destroys its frame, wherever it is suspended, and with it everything it awaits.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <troupe/task/on_behalf.hpp>
#include <troupe/task/pooled_frame.hpp>
#include <utility>
#include <variant>

namespace troupe {

template <class T = void>
class task;

namespace detail {

/// Resumes whoever awaits the task that has just ended (TK2).
struct resume_continuation {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
    return ended.promise().continuation;
  }
  void await_resume() const noexcept {}
};

struct task_promise_base : pooled_frame, on_behalf {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  std::exception_ptr failure;

  std::suspend_always initial_suspend() const noexcept { return {}; }
  resume_continuation final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <class T>
struct task_promise : task_promise_base {
  std::optional<T> value;

  task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
  T take() {
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
};

template <>
struct task_promise<void> : task_promise_base {
  task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace detail

/// The result of a coroutine, to be awaited once (TK1-TK3). Movable, not copyable.
template <class T>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    task gone{std::move(other)};
    std::swap(frame_, gone.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    frame_.promise().continuation = awaiting;
    frame_.promise().of = detail::behalf_of(awaiting);
    return frame_;
  }
  T await_resume() { return frame_.promise().take(); }

 private:
  friend promise_type;
  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>{std::coroutine_handle<task_promise<T>>::from_promise(*this)};
}

inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>{std::coroutine_handle<task_promise<void>>::from_promise(*this)};
}

}  // namespace detail
}  // namespace troupe
