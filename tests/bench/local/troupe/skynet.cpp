// A tree of actors, ten children each, SIZE leaves: each leaf reports its number, each node the sum of its children's, then it
// stops (skynet).
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct sum {
  std::uint64_t value;
};

class node : public troupe::actor<sum> {
 public:
  node(troupe::ref<sum> parent, std::uint64_t first, std::uint64_t leaves, finish_line* finish)
      : parent_(std::move(parent)), first_(first), leaves_(leaves), finish_(finish) {}

  void on_start() {
    if (leaves_ == 1) return done(first_);
    const std::uint64_t each = leaves_ / work::skynet_children;
    for (std::uint64_t i = 0; i < work::skynet_children; ++i)
      spawn<node>(troupe::ref<sum>(self()), first_ + i * each, each, finish_);
  }

  void on(const sum& m) {
    sum_ += m.value;
    if (++answers_ == work::skynet_children) done(sum_);
  }

 private:
  void done(std::uint64_t value) {
    if (parent_)
      parent_.tell(sum{value});
    else
      finish_->arrive(value);
    stop_self();
  }

  troupe::ref<sum> parent_;
  std::uint64_t first_;
  std::uint64_t leaves_;
  finish_line* finish_;
  std::uint64_t answers_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace

void skynet(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const stopwatch time;
  troupe::spawn<node>(sys, "skynet", troupe::ref<sum>{}, std::uint64_t{0}, s.size, &finish);
  expect(finish.wait() == s.size * (s.size - 1) / 2, "skynet: the sum");
  report("skynet", std::chrono::duration<double, std::milli>(time.elapsed()).count(), "ms");
}

}  // namespace bench
