#include <troupe/cell/cell.hpp>
#include <troupe/pattern/asking_inside.hpp>
#include <troupe/pattern/rate_limiter.hpp>

namespace troupe {
namespace {

cell& limiter_turn() {
  return detail::turn_of(
      "rate_limiter: tokens are taken in the turns of the actor that it is part of (RL1); others ask that "
      "actor");
}

// The moment of the call, not that of the turn, which may be as old as its handler is slow.
time_point right_now() { return limiter_turn().env().from_now(duration::zero()); }

}  // namespace

rate_limiter::rate_limiter(rate_limiter_settings settings) : settings_(settings) {
  if (const auto ok = validate(settings_.rate); !ok)
    throw failed{{errc::invalid, "rate limiter: " + ok.error().text}};
}

rate_limiter::~rate_limiter() {
  if (timer_) timer_->cancel();
}

token_bucket& rate_limiter::bucket(time_point now) {
  if (!bucket_) bucket_.emplace(settings_.rate, now);
  return *bucket_;
}

bool rate_limiter::try_acquire(std::uint32_t tokens) {
  if (queued_ != 0 || tokens > settings_.rate.full()) return false;  // RL2
  const time_point now = right_now();
  return bucket(now).take(tokens, now);
}

bool rate_limiter::begin(acquiring& one) {
  const auto refuse = [&one](errc code, std::string text) {
    one.how_ = error{code, std::move(text), {}, limiter_turn().path()};
    return true;
  };
  if (one.tokens_ > settings_.rate.full())
    return refuse(errc::invalid, "a rate limiter with a burst of " + std::to_string(settings_.rate.full()) +
                                     " never has " + std::to_string(one.tokens_) + " tokens at once");
  const time_point now = right_now();
  token_bucket& from = bucket(now);
  if (queued_ == 0 && from.take(one.tokens_, now)) return true;
  // Those before it are served first, so it is known when its turn comes at the latest.
  const duration wait = from.wait(queued_tokens_ + one.tokens_, now);
  if (wait > one.within_)
    return refuse(errc::timeout, "the rate limiter would need " +
                                     std::to_string(duration_cast<milliseconds>(wait).count()) + " ms");
  if (queued_ >= settings_.waiting_max)
    return refuse(errc::overloaded,
                  std::to_string(queued_) + " wait for the rate limiter already, its maximum");
  return false;
}

void rate_limiter::queue(acquiring& one, std::coroutine_handle<> awaiting) {
  one.awaiting_ = detail::continuation{awaiting};
  waiting_.push_back(one);
  queued_tokens_ += one.tokens_;
  if (++queued_ == 1) arm();
}

void rate_limiter::left(acquiring& one) noexcept {
  const bool was_first = &waiting_.front() == &one;
  one.unlink();
  queued_tokens_ -= one.tokens_;
  --queued_;
  if (!was_first) return;
  if (timer_) std::exchange(timer_, nullptr)->cancel();
  // Outside of a turn its actor is going, and so are all who wait.
  if (queued_ != 0 && cell::current()) arm();
}

void rate_limiter::arm() {
  cell& at = limiter_turn();
  const time_point now = right_now();
  const duration wait = bucket(now).wait(waiting_.front().tokens_, now);
  timer_ = cell_timer::start(at, after(now, wait), [this](cell& c) { serve(c); });
}

void rate_limiter::serve(cell& at) {
  timer_ = nullptr;
  // A failed actor's coroutines only wait for their end (L6).
  while (queued_ != 0 && at.status() == cell_status::running && !timer_) {
    acquiring& first = waiting_.front();
    if (!bucket_->take(first.tokens_, right_now())) return arm();
    first.unlink();
    queued_tokens_ -= first.tokens_;
    --queued_;
    first.awaiting_.resume();  // may queue, leave, or end the actor's turn as failed
  }
}

}  // namespace troupe
