// One sender, one counter, SIZE messages as fast as they go (Savina counting).
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct increment {
  std::uint64_t number;
};
struct produce {
  std::uint64_t count;
};

class counter : public troupe::actor<increment> {
 public:
  counter(std::uint64_t count, finish_line* finish) : count_(count), finish_(finish) {}

  void on(const increment& m) {
    expect(m.number == received_, "counting: messages out of order");
    if (++received_ == count_) finish_->arrive(received_);
  }

 private:
  std::uint64_t count_;
  std::uint64_t received_ = 0;
  finish_line* finish_;
};

class producer : public troupe::actor<produce> {
 public:
  explicit producer(troupe::ref<increment> to) : to_(std::move(to)) {}

  void on(const produce& m) {
    for (std::uint64_t i = 0; i < m.count; ++i) to_.tell(increment{i});
  }

 private:
  troupe::ref<increment> to_;
};

}  // namespace

void counting(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const troupe::ref<increment> to = troupe::spawn<counter>(sys, "counter", s.size, &finish);
  const auto from = troupe::spawn<producer>(sys, "producer", to);
  const stopwatch time;
  from.tell(produce{s.size});
  expect(finish.wait() == s.size, "counting: the count");
  report_each("counting", time.elapsed(), s.size, "ns/message");
}

}  // namespace bench
