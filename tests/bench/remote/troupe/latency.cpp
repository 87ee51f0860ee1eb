// latency: items to a mirror and back, 10,000 a second, whatever comes back.
// heartbeat: a few of them while large items are under way to another actor of that node.
#include <atomic>
#include <thread>

#include "halves/pace.hpp"
#include "troupe/nodes.hpp"

namespace bench::remote {
namespace {

struct due {
  std::int64_t at_ns;
  std::uint64_t count;
};
struct last {};

// Its numbers are the times at which items are due.
class prober_actor : public troupe::actor<due, item, last> {
 public:
  prober_actor(mirror_ref to, latencies* times, finish_line* finish)
      : to_(std::move(to)), times_(times), finish_(finish) {}

  void on(const due& m) {
    for (std::uint64_t i = 0; i < m.count; ++i)
      to_.tell(item{pattern_.make(static_cast<std::uint64_t>(m.at_ns))});
    sent_ += m.count;
  }

  void on(const item& m) {
    times_->add(now_ns() - static_cast<std::int64_t>(pattern_.read(m.payload)));
    ++received_;
    end_if_done();
  }

  void on(const last&) {
    no_more_ = true;
    end_if_done();
  }

 private:
  void end_if_done() {
    if (no_more_ && received_ == sent_) finish_->arrive(received_);
  }

  mirror_ref to_;
  latencies* times_;
  finish_line* finish_;
  payload_pattern pattern_{small_bytes};
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  bool no_more_ = false;
};

}  // namespace

void mirror_times(troupe::system& sys, const char* name, std::uint64_t a_tick,
                  std::chrono::nanoseconds interval, const std::function<bool(std::uint64_t sent)>& goes_on) {
  auto& finish = immortal<finish_line>();
  auto& times = immortal<latencies>();
  const auto to = at_far<item, reflect>(sys, "/user/mirror");
  const auto from = troupe::spawn<prober_actor>(sys, "prober", to, &times, &finish);
  expect(to.ask(reflect{troupe::ref<item>{from}}, ask_timeout).get().has_value(), "the mirror's answer");
  std::uint64_t sent = 0;
  pace(interval, [&](std::int64_t at_ns) {
    from.tell(due{at_ns, a_tick});
    sent += a_tick;
    return goes_on(sent);
  });
  from.tell(last{});
  expect(finish.wait() == sent, "how many came back");
  times.report_as(name, tail::with_p999);
}

void latency(const settings& s) {
  far_half far{"latency", s};
  auto& sys = meet(far, s);
  mirror_times(sys, "latency", burst, burst_interval, [&](std::uint64_t sent) { return sent < s.size; });
}

void heartbeat(const settings& s) {
  far_half far{"heartbeat", s};
  auto& sys = meet(far, s, "heartbeat");
  std::atomic<bool> done{false};
  std::thread large([&] {
    send_items(sys, heartbeat_flow, 1, s.size);
    done.store(true);
  });
  mirror_times(sys, "heartbeat", 1, heartbeat_interval, [&](std::uint64_t) { return !done.load(); });
  large.join();
}

}  // namespace bench::remote
