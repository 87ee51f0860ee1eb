// The outermost coroutine of a suspended handler. An actor keeps its activities in a list and ends them
// newest first.
#pragma once

#include <coroutine>
#include <exception>
#include <troupe/base/check.hpp>
#include <troupe/task/on_behalf.hpp>
#include <troupe/task/pooled_frame.hpp>

namespace troupe::detail {

class activity_list;

/// A coroutine that owns itself: it starts at once, and its frame goes when it ends or when its list ends it.
/// REQUIRES: its body lets no exception out.
class activity {
 public:
  struct promise_type : pooled_frame, on_behalf {
    promise_type* older = nullptr;
    promise_type* newer = nullptr;
    activity_list* list = nullptr;
    const void* request = nullptr;  // what it is to answer, null for nothing

    activity get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { check(false, "an activity let an exception out"); }
    inline ~promise_type();
  };
};

/// The activities of one actor. Used in the actor's turn only.
class activity_list {
 public:
  activity_list() = default;
  activity_list(const activity_list&) = delete;
  activity_list& operator=(const activity_list&) = delete;
  ~activity_list() { end_all(); }

  /// Destroys all frames, newest first (L6).
  void end_all() noexcept {
    while (newest_) std::coroutine_handle<activity::promise_type>::from_promise(*newest_).destroy();
  }

  /// Whether no handler is suspended.
  bool empty() const noexcept { return newest_ == nullptr; }

  /// How many handlers are suspended.
  std::size_t count() const noexcept {
    std::size_t n = 0;
    for (const activity::promise_type* p = newest_; p; p = p->older) ++n;
    return n;
  }

  /// Ends the activity that answers `request`, if it is on the list. REQUIRES: it is suspended.
  void end_of(const void* request) noexcept {
    for (activity::promise_type* p = newest_; p; p = p->older)
      if (p->request == request)
        return std::coroutine_handle<activity::promise_type>::from_promise(*p).destroy();
  }

  /// `co_await list.join(request, wait)` inside an activity puts it on the list; its waits are noted in `wait`, which is null for one
  /// that nobody waits for (M7).
  auto join(const void* request = nullptr, handler_wait* wait = nullptr) noexcept {
    struct awaiter {
      activity_list& list;
      const void* request;
      handler_wait* wait;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<activity::promise_type> self) const noexcept {
        self.promise().request = request;
        self.promise().of = wait;
        list.add(self.promise());
        return false;
      }
      void await_resume() const noexcept {}
    };
    return awaiter{*this, request, wait};
  }

 private:
  friend activity::promise_type;

  void add(activity::promise_type& p) noexcept {
    p.list = this;
    p.older = newest_;
    if (newest_) newest_->newer = &p;
    newest_ = &p;
  }

  void remove(activity::promise_type& p) noexcept {
    if (p.newer)
      p.newer->older = p.older;
    else
      newest_ = p.older;
    if (p.older) p.older->newer = p.newer;
  }

  activity::promise_type* newest_ = nullptr;
};

inline activity::promise_type::~promise_type() {
  if (list) list->remove(*this);
}

}  // namespace troupe::detail
