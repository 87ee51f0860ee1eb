// A retry budget: keeps retries to a share of the calls, so that those who retry do not bury somebody who is down. Of the kind that
// Finagle and gRPC have.
//
// Rules
//  RB1 Each call puts `percent` / 100 of a token in, each retry takes one out; with less than one there is no retry.
//  RB2 It begins with `reserve` tokens and holds at most that many, or 100 calls' worth where that is more: a budget that has
//      been saved up for hours is no budget.
//  RB3 It may be shared between calls, and between actors.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <troupe/base/error.hpp>

namespace troupe {

/// A budget (RB1-RB3). Thread-safe.
class retry_budget {
 public:
  /// Retries for `percent` of the calls, 0 to 1,000, and `reserve` beyond, at most 1,000,000. Throws `failed` with `invalid`.
  explicit retry_budget(std::uint32_t percent = 20, std::uint32_t reserve = 10)
      : percent_(percent),
        most_(std::int64_t{std::max(reserve, percent)} * token),
        tokens_(std::int64_t{reserve} * token) {
    if (percent > 1000 || reserve > 1'000'000)
      throw failed{
          {errc::invalid, "retry budget: percent must be at most 1000 and reserve at most 1000000, not " +
                              std::to_string(percent) + " and " + std::to_string(reserve)}};
  }
  retry_budget(const retry_budget&) = delete;
  retry_budget& operator=(const retry_budget&) = delete;

  /// A call begins.
  void call() noexcept {
    // relaxed, here and below: the number stands for itself, nothing is published with it.
    std::int64_t now = tokens_.load(std::memory_order_relaxed);
    while (now < most_ &&
           !tokens_.compare_exchange_weak(now, std::min(most_, now + percent_), std::memory_order_relaxed)) {
    }
  }

  /// Whether a retry may be made, which is then paid for.
  bool retry() noexcept {
    std::int64_t now = tokens_.load(std::memory_order_relaxed);
    while (now >= token)
      if (tokens_.compare_exchange_weak(now, now - token, std::memory_order_relaxed)) return true;
    return false;
  }

  /// Retries that may be made, as of now.
  std::uint64_t left() const noexcept {
    return static_cast<std::uint64_t>(tokens_.load(std::memory_order_relaxed) / token);
  }

 private:
  static constexpr std::int64_t token = 100;  // in hundredths

  const std::int64_t percent_;
  const std::int64_t most_;
  std::atomic<std::int64_t> tokens_;
};

}  // namespace troupe
