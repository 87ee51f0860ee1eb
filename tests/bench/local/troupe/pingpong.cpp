// One pair: SIZE messages, one in flight.
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct ball {
  std::uint64_t left;  // messages still to be sent after this one
};
struct meet {
  troupe::ref<ball> other;
};

class player : public troupe::actor<meet, ball> {
 public:
  player(std::uint64_t first, finish_line* finish) : expected_(first), finish_(finish) {}

  void on(const meet& m) { other_ = m.other; }

  void on(const ball& b) {
    expect(b.left == expected_, "pingpong: a ball out of turn");
    expected_ -= 2;
    if (b.left == 0) return finish_->arrive();
    other_.tell(ball{b.left - 1});
  }

 private:
  std::uint64_t expected_;
  finish_line* finish_;
  troupe::ref<ball> other_;
};

}  // namespace

void pingpong(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const auto ping = troupe::spawn<player>(sys, "ping", s.size - 1, &finish);
  const auto pong = troupe::spawn<player>(sys, "pong", s.size - 2, &finish);
  ping.tell(meet{pong});
  pong.tell(meet{ping});
  const stopwatch time;
  ping.tell(ball{s.size - 1});
  finish.wait();
  report_each("pingpong", time.elapsed(), s.size, "ns/message");
}

}  // namespace bench
