// Four senders, one receiver, SIZE messages in all.
#include <array>

#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct item {
  std::uint64_t sender;
  std::uint64_t number;
};
struct produce {
  std::uint64_t count;
};

class receiver : public troupe::actor<item> {
 public:
  receiver(std::uint64_t count, finish_line* finish) : count_(count), finish_(finish) {}

  void on(const item& m) {
    expect(m.number == next_[m.sender]++, "fanin: messages of one sender out of order");
    if (++received_ == count_) finish_->arrive(received_);
  }

 private:
  std::uint64_t count_;
  std::uint64_t received_ = 0;
  std::array<std::uint64_t, work::fanin_senders> next_{};
  finish_line* finish_;
};

class sender : public troupe::actor<produce> {
 public:
  sender(troupe::ref<item> to, std::uint64_t index) : to_(std::move(to)), index_(index) {}

  void on(const produce& m) {
    for (std::uint64_t i = 0; i < m.count; ++i) to_.tell(item{index_, i});
  }

 private:
  troupe::ref<item> to_;
  std::uint64_t index_;
};

}  // namespace

void fanin(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const std::uint64_t each = s.size / work::fanin_senders;
  const std::uint64_t total = each * work::fanin_senders;
  const troupe::ref<item> to = troupe::spawn<receiver>(sys, "receiver", total, &finish);
  std::array<troupe::ref<sender>, work::fanin_senders> senders;
  for (std::uint64_t i = 0; i < senders.size(); ++i)
    senders[i] = troupe::spawn<sender>(sys, "sender" + std::to_string(i), to, i);
  const stopwatch time;
  for (const auto& from : senders) from.tell(produce{each});
  expect(finish.wait() == total, "fanin: the count");
  report_each("fanin", time.elapsed(), total, "ns/message");
}

}  // namespace bench
