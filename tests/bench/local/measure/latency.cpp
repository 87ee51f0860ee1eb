#include "measure/latency.hpp"

#include <algorithm>

#include "measure/process.hpp"
#include "measure/program.hpp"

namespace bench {

std::int64_t now_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void latencies::report_as(const std::string& name, tail to) {
  expect(!times_.empty(), "no latencies");
  std::sort(times_.begin(), times_.end());
  const auto at = [this](std::size_t per_mille) {
    return static_cast<double>(times_[(times_.size() - 1) * per_mille / 1000]) / 1e3;
  };
  report(name + "_p50", at(500), "us");
  report(name + "_p99", at(990), "us");
  if (to == tail::with_p999) report(name + "_p999", at(999), "us");
}

void prober::received(std::int64_t sent_ns) {
  times_.add(now_ns() - sent_ns);
  received_.fetch_add(1, std::memory_order_release);
  received_.notify_one();
}

void prober::run(const std::string& name, std::uint64_t count, std::chrono::nanoseconds pause,
                 const std::function<void(std::int64_t)>& send) {
  for (std::uint64_t i = 0; i < count; ++i) {
    be_quiet(pause);
    send(now_ns());
    received_.wait(i, std::memory_order_acquire);
    expect(received_.load(std::memory_order_acquire) == i + 1, "a probe came twice");
  }
  times_.report_as(name);
}

}  // namespace bench
