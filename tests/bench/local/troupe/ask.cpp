// One client, one server: SIZE asks from a coroutine, one after the other, each with a time limit.
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct successor {
  std::uint64_t of;
  using reply = std::uint64_t;
};
struct begin {
  std::uint64_t count;
};

class server : public troupe::actor<successor> {
 public:
  std::uint64_t on(const successor& m) { return m.of + 1; }
};

class client : public troupe::actor<begin> {
 public:
  client(troupe::ref<successor> to, finish_line* finish) : to_(std::move(to)), finish_(finish) {}

  troupe::task<void> on(begin m) {
    std::uint64_t n = 0;
    for (std::uint64_t i = 0; i < m.count; ++i) {
      const auto answer = co_await ask<successor>(to_, work::ask_timeout, n);
      expect(answer.has_value() && answer.value() == n + 1, "ask: the answer");
      n = answer.value();
    }
    finish_->arrive(n);
  }

 private:
  troupe::ref<successor> to_;
  finish_line* finish_;
};

}  // namespace

void ask(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const troupe::ref<successor> to = troupe::spawn<server>(sys, "server");
  const auto from = troupe::spawn<client>(sys, "client", to, &finish);
  const stopwatch time;
  from.tell(begin{s.size});
  expect(finish.wait() == s.size, "ask: the count");
  report_each("ask", time.elapsed(), s.size, "ns/ask");
}

}  // namespace bench
