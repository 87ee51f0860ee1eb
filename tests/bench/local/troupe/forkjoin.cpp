// One sender deals SIZE messages to each of 60 actors, which compute a little for each (Savina fork-join throughput).
#include <cmath>
#include <vector>

#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct job {
  std::uint64_t number;
};
struct deal {
  std::uint64_t each;
};

class hand : public troupe::actor<job> {
 public:
  hand(std::uint64_t count, finish_line* finish) : count_(count), finish_(finish) {}

  void on(const job& m) {
    expect(m.number == received_, "forkjoin: messages out of order");
    const double sine = std::sin(theta_);
    expect(sine * sine > 0, "forkjoin: the computation");
    if (++received_ == count_) finish_->arrive(received_);
  }

 private:
  std::uint64_t count_;
  std::uint64_t received_ = 0;
  double theta_ = 37.2;
  finish_line* finish_;
};

class dealer : public troupe::actor<deal> {
 public:
  explicit dealer(std::vector<troupe::ref<job>> hands) : hands_(std::move(hands)) {}

  void on(const deal& m) {
    for (std::uint64_t i = 0; i < m.each; ++i)
      for (const auto& h : hands_) h.tell(job{i});
  }

 private:
  std::vector<troupe::ref<job>> hands_;
};

}  // namespace

void forkjoin(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& finish = immortal<finish_line>(work::forkjoin_actors);
  const std::uint64_t total = s.size * work::forkjoin_actors;
  std::vector<troupe::ref<job>> hands;
  for (std::uint64_t i = 0; i < work::forkjoin_actors; ++i)
    hands.push_back(troupe::spawn<hand>(sys, "hand" + std::to_string(i), s.size, &finish));
  const auto from = troupe::spawn<dealer>(sys, "dealer", std::move(hands));
  const stopwatch time;
  from.tell(deal{s.size});
  expect(finish.wait() == total, "forkjoin: the count");
  report_each("forkjoin", time.elapsed(), total, "ns/message");
}

}  // namespace bench
