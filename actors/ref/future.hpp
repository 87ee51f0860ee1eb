// The answer to an ask for a thread that is no actor. An actor awaits instead: see actor/asking.hpp.
#pragma once

#include <functional>
#include <troupe/base/check.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/gate.hpp>
#include <troupe/engine/reply_slot.hpp>

namespace troupe {

namespace detail {

/// Takes an outcome apart.
template <class R>
result<R> to_result(engine::outcome what) {
  if (auto* why = std::get_if<error>(&what)) return std::move(*why);
  auto& e = std::get<engine::envelope_ptr>(what);
  if (e->type != &message_type_of<R>)
    return error{errc::decode_error, "the reply is a " + std::string{e->type->name} + ", expected a " +
                                         std::string{message_type_of<R>.name}};
  return std::move(e->as<R>());
}

/// A slot that a thread waits for.
class thread_slot final : public engine::reply_slot {
 public:
  thread_slot(const message_type& reply, environment& env);

  /// Waits and takes the outcome.
  engine::outcome wait();
  /// Calls `then` once the outcome is there, at once if it is there already.
  void on_settled(std::function<void(engine::outcome)> then);

 private:
  void settled() noexcept override;

  boost::intrusive_ptr<environment> env_;
  engine::gate gate_;
  bool there_ = false;  // guarded by the gate's mutex, with then_
  std::function<void(engine::outcome)> then_;
};

}  // namespace detail

/// An answer that will come. Movable; used by one thread at a time.
template <class R>
class [[nodiscard]] future {
 public:
  explicit future(boost::intrusive_ptr<detail::thread_slot> slot) noexcept : slot_(std::move(slot)) {}

  /// Waits for the answer and takes it. Always returns, with `timeout` at the latest (M5). Once only. Not on
  /// a worker: there it is a broken invariant, because a worker that waits can starve what it waits for.
  result<R> get() {
    check(engine::worker::current() == nullptr,
          "future::get on a worker; inside an actor use co_await ask<M>(...)");
    return detail::to_result<R>(std::exchange(slot_, nullptr)->wait());
  }

  /// Calls `f(result<R>)` when the answer is there, on the thread that brings it; `f` must be quick and must
  /// not throw.
  template <class F>
  void then(F f) {
    std::exchange(slot_, nullptr)->on_settled([f = std::move(f)](engine::outcome what) mutable {
      f(detail::to_result<R>(std::move(what)));
    });
  }

 private:
  boost::intrusive_ptr<detail::thread_slot> slot_;
};

}  // namespace troupe
