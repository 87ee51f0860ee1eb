// Work that must not run in an actor's turn because it blocks or takes long: it is done on another dispatcher, by a child of the
// actor that lives as long as the work.
//
//     auto rows = co_await run_blocking([](const std::string& path) { return read_all(path); }, m.path);  // result<T>
//     pipe([path] { return read_all(path); }, self(), [](troupe::result<rows> r) { return loaded{std::move(r)}; });
//
// Rules (for `pipe` those of piping.hpp, PI1-PI4, and)
//  WE1 The work gets nothing of the actor but what it was given, by value: it runs beside the actor's turns.
//  WE2 What it throws is its result, as an error; so is a `result` it returns.
//  WE3 When the actor restarts or stops, nobody hears of the result (S6); the work itself can't be interrupted, so the actor waits for
//      it as for any child (S5), and goes without it when that takes too long. A message made of it that has come already is kept (S6).
//  WE4 It is always answered (M5): a child that is asked to stop before it began does the work all the same; `broken_promise` when it was ended
//      by force before that.
#pragma once

#include <memory>
#include <troupe/actor/piping.hpp>
#include <troupe/actor/spawn.hpp>
#include <utility>

namespace troupe {

namespace detail {

/// The child that does it: all its life is the start.
template <class F>
class worker_child : public actor<> {
 public:
  worker_child(std::shared_ptr<F> work, std::shared_ptr<promised> owed) noexcept
      : work_(std::move(work)), owed_(std::move(owed)) {}

  /// Does the work.
  void on_start() {
    stop_self();
    const promise<work_result<F>> owed{std::move(owed_)};
    try {
      using returned = std::invoke_result_t<F&>;
      if constexpr (std::is_void_v<returned>) {
        (*work_)();
        owed.reply({});
      } else if constexpr (std::is_same_v<returned, work_result<F>>) {
        owed.reply((*work_)());
      } else {
        settle(owed, (*work_)());
      }
    } catch (...) {
      owed.fail(current_exception_error(errc::handler_failed));
    }
  }

 private:
  template <class R, class T>
  static void settle(const promise<R>& owed, result<T> what) {
    if (!what)
      owed.fail(std::move(what.error()));
    else if constexpr (std::is_void_v<T>)
      owed.reply({});
    else
      owed.reply(std::move(*what));
  }

  std::shared_ptr<F> work_;
  std::shared_ptr<promised> owed_;
};

}  // namespace detail

template <class F, class... Args>
asking<detail::work_result<detail::bound_work<F, Args...>>> actor_base::run_on(std::string_view dispatcher,
                                                                               F&& work, Args&&... args) {
  static_assert(
      std::is_reference_v<F> || std::is_trivially_destructible_v<F>,
      "troupe: g++ 12 destroys what a lambda captures inside co_await twice: pass it as an argument, "
      "run_blocking([](const std::string& file) { ... }, file), or pass a named lambda");
  using work_t = detail::bound_work<F, Args...>;
  using reply = detail::work_result<work_t>;
  const boost::intrusive_ptr<detail::cell_slot> slot{
      new detail::cell_slot{message_type_of<reply>, own_cell()}};
  spawn<detail::worker_child<work_t>>(
      spawn_options{.dispatcher = std::string{dispatcher}},
      std::make_shared<work_t>(work_t{std::forward<F>(work), {std::forward<Args>(args)...}}),
      std::make_shared<detail::promised>(slot));
  return asking<reply>{slot};
}

template <class F, class G, class... Ts>
requires(!detail::under_way<F>) void actor_base::pipe(F work, ref<Ts...> to, G then, std::string dispatcher) {
  pipe(run_on(dispatcher, work), std::move(to), std::move(then));
}

}  // namespace troupe
