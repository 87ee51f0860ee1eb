// A rate limiter for the coroutines of one actor: `co_await limiter.acquire()`.
//
//     troupe::task<void> on(fetch m) {
//       if (auto ok = co_await limiter_.acquire(); !ok) co_return;       // too many wait
//       ...
//     }
//     troupe::rate_limiter limiter_{{.rate = {.tokens = 100, .per = 1s, .burst = 10}}};
//
// Rules
//  RL1 Part of one actor, used in its turns. To share a rate among actors, put the limiter into an actor of its own. Outside of actors
//      taking tokens throws `failed` with `invalid`.
//  RL2 Who waits is served in the order of `acquire`; `try_acquire` takes nothing while anybody waits.
//  RL3 At most `waiting_max` wait; the next is answered `overloaded` at once. So is, with `timeout`, who can't be served within the
//      time he has; with `invalid` who wants more than the bucket ever holds.
//  RL4 A frame that is destroyed while it waits (L6) takes its place along; those behind it move up. Tokens it had not been given are
//      not lost.
//  RL5 One timer for all who wait. An actor that holds others up must be declared so: a handler that waits lets no other message
//      in (M7); `launch` a task where that is not wanted.
#pragma once

#include <boost/intrusive/list.hpp>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <troupe/base/error.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/pattern/token_bucket.hpp>
#include <troupe/task/continuation.hpp>

namespace troupe {

/// What can be chosen for a limiter.
struct rate_limiter_settings {
  troupe::rate rate = {};           ///< how much
  std::size_t waiting_max = 1'000;  ///< how many may wait (RL3)
};

/// A rate limiter (RL1-RL5).
class rate_limiter {
 public:
  /// Throws `failed` with `invalid` for settings that make no sense.
  explicit rate_limiter(rate_limiter_settings settings);
  ~rate_limiter();
  rate_limiter(const rate_limiter&) = delete;
  rate_limiter& operator=(const rate_limiter&) = delete;

  /// A wait for tokens; await it once, where it was made. Awaiting gives `result<void>`.
  class [[nodiscard]] acquiring
      : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    acquiring(rate_limiter& of, std::uint32_t tokens, duration within) noexcept
        : limiter_(of), tokens_(tokens), within_(within) {}
    acquiring(const acquiring&) = delete;
    acquiring& operator=(const acquiring&) = delete;
    ~acquiring() {
      if (is_linked()) limiter_.left(*this);
    }
    bool await_ready() { return limiter_.begin(*this); }
    void await_suspend(std::coroutine_handle<> awaiting) { limiter_.queue(*this, awaiting); }
    result<void> await_resume() { return std::move(how_); }

   private:
    friend class rate_limiter;
    rate_limiter& limiter_;
    const std::uint32_t tokens_;
    const duration within_;
    detail::continuation awaiting_;
    result<void> how_;
  };

  /// Waits for `tokens` (RL2, RL3), at most `within`.
  acquiring acquire(std::uint32_t tokens = 1, duration within = duration::max()) noexcept {
    return {*this, tokens, within};
  }

  /// Takes `tokens` if they are there and nobody waits.
  bool try_acquire(std::uint32_t tokens = 1);

  /// How many wait.
  std::size_t waiting() const noexcept { return queued_; }

 private:
  friend class acquiring;
  // True: it is decided.
  bool begin(acquiring& one);
  void queue(acquiring& one, std::coroutine_handle<> awaiting);
  void left(acquiring& one) noexcept;
  token_bucket& bucket(time_point now);
  void arm();
  void serve(cell& at);

  const rate_limiter_settings settings_;
  std::optional<token_bucket> bucket_;  // made at the first use: only then is there a time
  boost::intrusive::list<acquiring, boost::intrusive::constant_time_size<false>> waiting_;
  std::uint64_t queued_tokens_ = 0;  // of all who wait
  std::size_t queued_ = 0;
  cell_timer_ptr timer_;
};

}  // namespace troupe
