// Many actors below one: each is spawned, gets its first message, and answers it. What several scenarios start from.
#pragma once

#include <vector>

#include "troupe/scenarios.hpp"

namespace bench {

/// The first message of a member.
struct hello {
  std::uint64_t number;
};
/// A member's answer.
struct present {
  std::uint64_t number;
};
/// Spawn `count` members, at most `batch` of them unanswered.
struct gather {
  std::uint64_t count;
  std::uint64_t batch;
};

/// One of many: it answers, then it is idle.
class member : public troupe::actor<hello> {
 public:
  explicit member(troupe::ref<present> to) : to_(std::move(to)) {}

  void on(const hello& m) { to_.tell(present{m.number}); }

 private:
  troupe::ref<present> to_;
};

/// Their parent. Reports the sum of their numbers, 0 to count - 1.
class crowd : public troupe::actor<gather, present> {
 public:
  explicit crowd(finish_line* finish) : finish_(finish) {}

  void on(const gather& m) {
    order_ = m;
    spawn_batch();
  }

  void on(const present& m) {
    sum_ += m.number;
    if (++answered_ < spawned_) return;
    if (answered_ == order_.count) return finish_->arrive(sum_);
    spawn_batch();
  }

 private:
  void spawn_batch() {
    const std::uint64_t end = std::min(order_.count, spawned_ + order_.batch);
    while (spawned_ < end) spawn<member>(troupe::ref<present>(self())).tell(hello{spawned_++});
  }

  finish_line* finish_;
  gather order_{};
  std::uint64_t spawned_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace bench
