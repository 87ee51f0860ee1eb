// One asker, one who answers with what it was sent: SIZE asks from a coroutine, one after the other, each with a time limit.
#include "troupe/nodes.hpp"

namespace bench::remote {
namespace {

struct begin {
  std::uint64_t count;
};

class asker : public troupe::actor<begin> {
 public:
  asker(troupe::ref<echo> to, finish_line* finish) : to_(std::move(to)), finish_(finish) {}

  troupe::task<void> on(begin m) {
    const payload_pattern pattern{small_bytes};
    for (std::uint64_t i = 0; i < m.count; ++i) {
      const auto answer = co_await ask<echo>(to_, ask_timeout, pattern.make(i));
      expect(answer.has_value() && pattern.read(*answer) == i, "roundtrip: the answer");
    }
    finish_->arrive(m.count);
  }

 private:
  troupe::ref<echo> to_;
  finish_line* finish_;
};

}  // namespace

void roundtrip(const settings& s) {
  far_half far{"roundtrip", s};
  auto& sys = meet(far, s);
  auto& finish = immortal<finish_line>();
  const auto from = troupe::spawn<asker>(sys, "asker", at_far<echo>(sys, "/user/answerer"), &finish);
  const stopwatch time;
  from.tell(begin{s.size});
  expect(finish.wait() == s.size, "roundtrip: the count");
  report("roundtrip", static_cast<double>(time.elapsed().count()) / 1e3 / static_cast<double>(s.size),
         "us/ask");
}

}  // namespace bench::remote
