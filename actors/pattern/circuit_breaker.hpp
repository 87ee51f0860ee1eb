// A circuit breaker for the calls of one actor: stops asking somebody who fails, and tries again now and then.
//
//     class front : public troupe::actor<lookup> {
//       troupe::task<troupe::result<row>> on(lookup m) {
//         co_return co_await breaker_.ask<find_row>(database_, m.key);      // an error at once while it is open
//       }
//       troupe::circuit_breaker breaker_{{.name = "database", .failures_max = 5}};
//     };
//
// Rules (those of breaker_machine.hpp, CB1-CB4, and)
//  CI1 Part of one actor, used in its turns; it starts closed when the actor (re)starts.
//  CI2 A refused call is answered at once with `overloaded` and a text that names the breaker and when it tries again. The callee
//      sees nothing of it.
//  CI3 A call that takes longer than `call_timeout` is a failure, also when it succeeds after all.
//  CI4 Each change is logged, and told to `on_change`, in the actor's turn.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <troupe/pattern/asking_inside.hpp>
#include <troupe/pattern/breaker_machine.hpp>
#include <troupe/pattern/call_errors.hpp>
#include <troupe/ref/ref.hpp>
#include <troupe/task/task.hpp>

namespace troupe {

/// A change of a breaker.
struct breaker_change {
  breaker_phase from;
  breaker_phase to;
  std::string why;  ///< one line
};

/// What can be chosen for a breaker.
struct breaker_settings {
  std::string name = "breaker";         ///< for texts
  std::uint32_t failures_max = 5;       ///< in a row, until it opens; at least 1
  duration call_timeout = seconds{10};  ///< what an ask through it may take (CI3); more than 0
  /// How long it stays open: from min, doubled at each trial that fails, up to max.
  backoff_settings reset_timeout = {.min = seconds{5}, .max = minutes{2}, .jitter = 0.2};
  /// Which errors are failures of the callee; the others prove that it works.
  std::function<bool(const error&)> is_failure = counts_against_callee;
  /// Told of each change (CI4); may be null.
  std::function<void(const breaker_change&)> on_change = {};
};

/// A circuit breaker (CI1-CI4).
class circuit_breaker {
 public:
  /// Throws `failed` with `invalid` for settings that make no sense.
  explicit circuit_breaker(breaker_settings settings = {});
  circuit_breaker(const circuit_breaker&) = delete;
  circuit_breaker& operator=(const circuit_breaker&) = delete;

  /// Asks `to` with the message `M{fields...}` within `call_timeout`, if the breaker lets it. The message is built at once and sent
  /// when the task is awaited.
  template <class M, class... Ts, class... Fields>
  task<result<reply_of<M>>> ask(const ref<Ts...>& to, Fields&&... fields) {
    static_assert(protocol_of<Ts...>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    static_assert(!(detail::unsafe_temporary<M, Fields> || ...),
                  "troupe: g++ 12 destroys an aggregate temporary inside co_await twice: write "
                  "ask<M>(ref, fields...) with the fields, or pass a named object");
    return run_ask<reply_of<M>>(
        to.address(), engine::make_envelope<M>(message_type_of<M>, std::forward<Fields>(fields)...));
  }

  /// Awaits `make()` if the breaker lets it: any awaitable that gives a `result<T>`, such as an ask. `make` is called when the task
  /// is awaited.
  template <class F>
  auto call(F make) -> task<detail::awaited_result<decltype(make())>> {
    attempt mine{*this};
    if (!mine.admitted()) co_return refusal();
    auto what = co_await make();
    mine.end(what);
    co_return what;
  }

  /// Where it is. Open also when its wait is over and no call has come since.
  breaker_phase phase() const noexcept { return machine_.phase(); }

 private:
  /// A call from its admission to its end; one whose frame is destroyed is given up (CB3).
  class attempt {
   public:
    explicit attempt(circuit_breaker& of);
    ~attempt();
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;
    /// Whether it may go.
    bool admitted() const noexcept { return epoch_.has_value(); }
    /// With `what`.
    template <class T>
    void end(const result<T>& what) {
      if (what)
        end_with(nullptr);
      else
        failed_with(what.error());
    }

   private:
    void end_with(const error* why);
    void failed_with(const error& why) { end_with(&why); }

    circuit_breaker& breaker_;
    std::optional<std::uint64_t> epoch_;
    time_point begun_;
  };

  template <class R>
  task<result<R>> run_ask(address_ptr to, engine::envelope_ptr e) {
    attempt mine{*this};
    if (!mine.admitted()) co_return refusal();
    asking<R> under_way{detail::ask_inside(detail::turn_of("a circuit breaker belongs to an actor"), to,
                                           std::move(e), message_type_of<R>, settings_.call_timeout)};
    auto what = co_await under_way;
    mine.end(what);
    co_return what;
  }

  error refusal() const;
  void ended(std::uint64_t epoch, call_end how, const error* why);
  void tell(breaker_phase from, std::string why);

  const breaker_settings settings_;
  breaker_machine machine_;
  std::optional<prng> random_;
};

}  // namespace troupe
