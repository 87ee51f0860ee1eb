// A member: enters when he starts, reads at his own pace, and comes back when the room has given him up.
#pragma once

#include "room.hpp"

namespace chat {

class member : public troupe::actor<line, read_until> {
 public:
  /// `pace`: what a line takes to read.
  member(std::string name, troupe::ref<room> in, troupe::duration pace)
      : name_(std::move(name)), room_(std::move(in)), pace_(pace) {}

  /// Messages wait until he is in.
  troupe::task<void> on_start() {
    const auto lines = co_await ask<enter>(room_, std::chrono::seconds{5}, name_, self());
    lines_ = lines.value();  // an error here is a failed start
    receive_timeout(std::chrono::milliseconds{50});
  }

  troupe::task<void> on(line m) {
    if (pace_ > troupe::duration::zero()) co_await sleep(pace_);
    read_.push_back(std::move(m));
    std::erase_if(waiting_, [this](const auto& w) {
      return read_.back().number >= w.first && (w.second.reply(read_), true);
    });
  }

  troupe::promise<std::vector<line>> on(const read_until& m) {
    auto owed = answer_later<std::vector<line>>();
    if (!read_.empty() && read_.back().number >= m.number)
      owed.reply(read_);
    else
      waiting_.emplace_back(m.number, owed);
    return owed;
  }

  /// Nothing is said, or nothing is said to him: who is too slow is unsubscribed, not told. Subscribing twice is subscribing once,
  /// so he just does it again. If he was out, the first he gets is the last line, and its number says what he has missed.
  void on_receive_timeout() override { lines_.subscribe(self()); }

 private:
  const std::string name_;
  const troupe::ref<room> room_;
  const troupe::duration pace_;
  troupe::topic<line> lines_;
  std::vector<line> read_;
  std::vector<std::pair<std::int64_t, troupe::promise<std::vector<line>>>> waiting_;
};

}  // namespace chat
