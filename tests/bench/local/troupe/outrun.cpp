// One sender outruns a slow receiver, SIZE messages: how much memory that takes at its peak, in MB.
// outrun: the mailbox has no bound. outrun_bounded: it has one, and the sender waits for room.
#include "measure/process.hpp"
#include "measure/random.hpp"
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct item {
  std::uint64_t number;
};
struct produce {
  std::uint64_t count;
};

class receiver : public troupe::actor<item> {
 public:
  receiver(std::uint64_t count, finish_line* finish) : count_(count), finish_(finish) {}

  void on(const item& m) {
    expect(m.number == received_, "outrun: messages out of order");
    for (std::uint64_t i = 0; i < work::outrun_steps; ++i) drawn_ += random_below(random_, count_);
    expect(drawn_ != 0, "outrun: the computation");
    if (++received_ == count_) finish_->arrive(received_);
  }

 private:
  std::uint64_t count_;
  std::uint64_t received_ = 0;
  std::uint64_t random_ = 1;
  std::uint64_t drawn_ = 0;
  finish_line* finish_;
};

class telling : public troupe::actor<produce> {
 public:
  explicit telling(troupe::ref<item> to) : to_(std::move(to)) {}
  void on(const produce& m) {
    for (std::uint64_t i = 0; i < m.count; ++i) to_.tell(item{i});
  }

 private:
  troupe::ref<item> to_;
};

class offering : public troupe::actor<produce> {
 public:
  explicit offering(troupe::ref<item> to) : to_(std::move(to)) {}
  troupe::task<void> on(produce m) {
    for (std::uint64_t i = 0; i < m.count; ++i)
      expect((co_await offer<item>(to_, i)).has_value(), "outrun: an offer was refused");
  }

 private:
  troupe::ref<item> to_;
};

template <class Sender>
void measure(const settings& s, const char* figure, troupe::spawn_options of_receiver) {
  auto& sys = immortal<troupe::system>(options_of(s));
  finish_line finish;
  const troupe::ref<item> to = troupe::spawn<receiver>(sys, std::move(of_receiver), s.size, &finish);
  const auto from = troupe::spawn<Sender>(sys, "sender", to);
  const std::uint64_t before = resident_bytes();
  from.tell(produce{s.size});
  expect(finish.wait() == s.size, "outrun: the count");
  report(figure, grown(before, peak_resident_bytes()) / 1e6, "MB");
}

}  // namespace

void outrun(const settings& s) { measure<telling>(s, "outrun", {.name = "receiver"}); }

void outrun_bounded(const settings& s) {
  measure<offering>(
      s, "outrun_bounded",
      {.name = "receiver", .mailbox = troupe::bounded(work::outrun_bound, troupe::overflow::push_back)});
}

}  // namespace bench
