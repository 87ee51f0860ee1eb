// A circuit breaker for the calls of one actor: stops asking somebody who fails, and tries again now and then.
//
//     class front : public troupe::actor<lookup> {
//       troupe::task<troupe::result<row>> on(lookup m) {
//         co_return co_await breaker_.ask<find_row>(database_, m.key);      // an error at once while it is open
//       }
//       troupe::circuit_breaker breaker_{{.name = "database", .failures_max = 5}};
//     };
//
// Rules (those of breaker_machine.hpp, CB1-CB7, and)
//  CI1 Part of one actor, used in its turns; it starts closed when the actor (re)starts. Many actors that call one callee share a
//      breaker by asking through one actor. Outside of actors all that is no mere look throws `failed` with `invalid`.
//  CI2 A refused call is answered at once with `overloaded` and a text that names the breaker and when it tries again. The callee
//      sees nothing of it.
//  CI3 A call that takes longer than `call_timeout` is a failure, also when it succeeds after all.
//  CI4 Each change is logged, and told to `on_change`, in the actor's turn; also when it comes of a trial whose frame is destroyed, unless
//      the actor is on its way out. What `on_change` throws is the actor's failure.
//  CI5 What is no ask (tells that are answered by a message, work in steps) takes a permit with `enter` and says how it ended. A permit that
//      is destroyed unsaid was given up (CB3). Who keeps permits in members declares the breaker before them.
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
  std::string name = "breaker";    ///< for texts
  std::uint32_t failures_max = 5;  ///< in a row, until it opens; at least 1 (CB1)
  std::uint32_t window =
      0;  ///< calls it looks back over (CB5), at most `breaker_window_max`; 0: at none but those in a row
  std::uint32_t window_percent = 50;    ///< of the window: so many failures open it; 1 to 100
  duration call_timeout = seconds{10};  ///< what an ask through it may take (CI3); more than 0
  /// How long it stays open: from min, doubled at each trial that fails, up to max.
  backoff_settings reset_timeout = {.min = seconds{5}, .max = minutes{2}, .jitter = 0.2};
  /// Which errors are failures of the callee; the others prove that it works.
  std::function<bool(const error&)> is_failure = counts_against_callee;
  /// Told of each change (CI4); may be null.
  std::function<void(const breaker_change&)> on_change = {};
};

/// What became of the calls of a breaker since its actor (re)started.
struct breaker_counts {
  std::uint64_t succeeded = 0;  ///< errors that do not count among them
  std::uint64_t failed = 0;
  std::uint64_t given_up = 0;
  std::uint64_t refused = 0;  ///< never made (CI2)
  std::uint64_t opened = 0;   ///< how often it opened
  friend bool operator==(const breaker_counts&, const breaker_counts&) = default;
};

/// A circuit breaker (CI1-CI5).
class circuit_breaker {
 public:
  /// Throws `failed` with `invalid` for settings that make no sense.
  explicit circuit_breaker(breaker_settings settings = {});
  circuit_breaker(const circuit_breaker&) = delete;
  circuit_breaker& operator=(const circuit_breaker&) = delete;

  /// A call from its admission to its end. In the turns of the breaker's actor, which outlives it not.
  class [[nodiscard]] permit {
   public:
    permit(permit&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)), epoch_(other.epoch_), begun_(other.begun_) {}
    permit& operator=(permit&&) = delete;
    ~permit() {
      if (breaker_) breaker_->given_up(*this);
    }
    /// It succeeded, and was in time or not (CI3). What is said after the first word changes nothing.
    void succeeded() { end_with(nullptr); }
    /// It failed, with an error that counts or not (`is_failure`).
    void failed(const error& why) { end_with(&why); }
    /// It ended with `what`.
    template <class T>
    void end(const result<T>& what) {
      what ? succeeded() : failed(what.error());
    }

   private:
    friend class circuit_breaker;
    permit(circuit_breaker& of, std::uint64_t epoch, time_point begun) noexcept
        : breaker_(&of), epoch_(epoch), begun_(begun) {}
    void end_with(const error* why) {
      if (breaker_) breaker_->ended(*this, why);
    }

    circuit_breaker* breaker_;  // null: its end has been said
    std::uint64_t epoch_;
    time_point begun_;
  };

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
    static_assert(
        std::is_trivially_destructible_v<F>,
        "troupe: g++ 12 destroys what a lambda captures inside co_await twice: capture by reference, the "
        "coroutine that awaits outlives the call");
    auto mine = enter();
    if (!mine) co_return mine.error();
    auto what = co_await make();
    mine->end(what);
    co_return what;
  }

  /// A permit for a call that is made by hand (CI5), or the refusal (CI2).
  result<permit> enter();

  /// Opens it, for the reason `why` (CB7): who is told of trouble in another way need not wait for failures.
  void trip(std::string why);
  /// Closes it, for the reason `why` (CB7); nothing happens when it is closed.
  void reset(std::string why);

  /// Where it is. Open also when its wait is over and no call has come since.
  breaker_phase phase() const noexcept { return machine_.phase(); }
  /// What became of its calls.
  const breaker_counts& counts() const noexcept { return counts_; }

 private:
  template <class R>
  task<result<R>> run_ask(address_ptr to, engine::envelope_ptr e) {
    auto mine = enter();
    if (!mine) co_return mine.error();
    asking<R> under_way{
        detail::ask_inside(detail::turn_of("circuit_breaker::ask is for the actor that it is part of"), to,
                           std::move(e), message_type_of<R>, settings_.call_timeout)};
    auto what = co_await under_way;
    mine->end(what);
    co_return what;
  }

  error refusal(cell& at, time_point now) const;
  void ended(permit& what, const error* why);
  void given_up(const permit& what) noexcept;
  prng& random(cell& at);
  void tell(cell& at, breaker_phase from, std::string why);
  std::string next_try(time_point now) const;

  const breaker_settings settings_;
  breaker_machine machine_;
  breaker_counts counts_;
  std::optional<prng> random_;
};

}  // namespace troupe
