// SIZE rings at once: a token goes round until its value is 0, then the ring is taken down and made anew, and meanwhile a
// worker factors a number for each ring that is made (the mixed case of CAF's suite).
#include "measure/factors.hpp"
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct token {
  std::uint64_t value;
};
struct begin {};
struct factors {
  std::uint64_t first;
  std::uint64_t second;
};
struct done {};
struct number {
  std::uint64_t n;
};

class ring_link : public troupe::actor<token> {
 public:
  explicit ring_link(troupe::ref<token> next) : next_(std::move(next)) {}

  void on(const token& t) {
    next_.tell(t);
    if (t.value == 0) stop_self();
  }

 private:
  troupe::ref<token> next_;
};

class factorizer : public troupe::actor<number> {
 public:
  explicit factorizer(troupe::ref<factors> to) : to_(std::move(to)) {}

  void on(const number& m) {
    const auto [first, second] = factorize(m.n);
    to_.tell(factors{first, second});
  }

 private:
  troupe::ref<factors> to_;
};

class master : public troupe::actor<begin, token> {
 public:
  explicit master(troupe::ref<factors, done> collector) : collector_(std::move(collector)) {}

  void on(const begin&) {
    worker_ = spawn<factorizer>(troupe::ref<factors>(collector_));
    new_ring();
  }

  void on(const token& t) {
    if (t.value > 0) return next_.tell(token{t.value - 1});
    if (++made_ < work::mixed_repetitions) return new_ring();
    collector_.tell(done{});
  }

 private:
  void new_ring() {
    worker_.tell(number{work::mixed_factor_1 * work::mixed_factor_2});
    next_ = self();
    for (std::uint64_t i = 1; i < work::mixed_ring_actors; ++i) next_ = spawn<ring_link>(next_);
    next_.tell(token{work::mixed_token});
  }

  troupe::ref<factors, done> collector_;
  troupe::ref<number> worker_;
  troupe::ref<token> next_;
  std::uint64_t made_ = 0;
};

class collector : public troupe::actor<factors, done> {
 public:
  collector(std::uint64_t rings, finish_line* finish)
      : left_(rings * (work::mixed_repetitions + 1)), finish_(finish) {}

  void on(const factors& m) {
    expect(m.first == work::mixed_factor_1 && m.second == work::mixed_factor_2, "mixed: the factors");
    count();
  }
  void on(const done&) { count(); }

 private:
  void count() {
    if (--left_ == 0) finish_->arrive();
  }

  std::uint64_t left_;
  finish_line* finish_;
};

}  // namespace

void mixed(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const troupe::ref<factors, done> to = troupe::spawn<collector>(sys, "collector", s.size, &finish);
  const stopwatch time;
  for (std::uint64_t i = 0; i < s.size; ++i)
    troupe::spawn<master>(sys, "master" + std::to_string(i), to).tell(begin{});
  finish.wait();
  report("mixed", std::chrono::duration<double, std::milli>(time.elapsed()).count(), "ms");
}

}  // namespace bench
