// Many actors below one: each is spawned, gets its first message, and answers it. What several scenarios start from.
#pragma once

#include <algorithm>
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
/// Spawn `count` members, at most `work::crowd_batch` of them unanswered.
struct gather {
  std::uint64_t count;
  bool watched = false;  ///< watch them all, for `disband`
};
/// Stop all members, as many at once, and tell `finish` when all are gone.
struct disband {
  finish_line* finish;
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
class crowd : public troupe::actor<gather, present, disband> {
 public:
  explicit crowd(finish_line* finish) : finish_(finish) {}

  void on(const gather& m) {
    order_ = m;
    members_.reserve(m.count);
    spawn_batch();
  }

  void on(const present& m) {
    sum_ += m.number;
    if (++answered_ < members_.size()) return;
    if (answered_ == order_.count) return finish_->arrive(sum_);
    spawn_batch();
  }

  void on(const disband& m) {
    finish_ = m.finish;
    stop_batch();
  }

  void on_terminated(const troupe::terminated&) override {
    if (++gone_ < stopped_) return;
    if (gone_ < members_.size()) return stop_batch();
    members_ = {};
    finish_->arrive(gone_);
  }

 private:
  void spawn_batch() {
    const std::uint64_t end = std::min<std::uint64_t>(order_.count, members_.size() + work::crowd_batch);
    for (std::uint64_t i = members_.size(); i < end; ++i) {
      members_.push_back(spawn<member>(troupe::ref<present>(self())));
      if (order_.watched) watch(members_.back());
      members_.back().tell(hello{i});
    }
  }

  void stop_batch() {
    const std::uint64_t end = std::min<std::uint64_t>(members_.size(), stopped_ + work::crowd_batch);
    while (stopped_ < end) troupe::stop(members_[stopped_++]);
  }

  finish_line* finish_;
  gather order_{};
  std::vector<troupe::ref<member>> members_;
  std::uint64_t answered_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t stopped_ = 0;
  std::uint64_t gone_ = 0;
};

}  // namespace bench
