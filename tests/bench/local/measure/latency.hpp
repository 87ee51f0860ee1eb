// Latencies: what many short waits were, and how a plain thread sends its probes.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// A point in time, ns, as messages carry it. Comparable within one process.
std::int64_t now_ns() noexcept;

/// Which percentiles are reported.
enum class tail { p99, with_p999 };

/// Collects times and reports them. One writer at a time; read once all is written.
class latencies {
 public:
  /// Adds one; times below 0 count as 0.
  void add(std::int64_t ns) { times_.push_back(ns < 0 ? 0 : ns); }
  /// How many there are.
  std::size_t size() const noexcept { return times_.size(); }
  /// Reports `NAME_p50` and `NAME_p99`, us, and `NAME_p999` where that is wanted.
  void report_as(const std::string& name, tail to = tail::p99);

 private:
  std::vector<std::int64_t> times_;
};

/// Sends probes one at a time: `send(sent_ns)` lets somebody call `received(sent_ns)`.
class prober {
 public:
  /// Called by who receives the probe. Any thread.
  void received(std::int64_t sent_ns);
  /// Sends `count` probes with a pause before each, waits for each, and reports NAME_p50 and NAME_p99.
  void run(const std::string& name, std::uint64_t count, std::chrono::nanoseconds pause,
           const std::function<void(std::int64_t)>& send);

 private:
  latencies times_;
  // Release by the receiver after it has added its time, acquire by the sender before it reads or sends on.
  std::atomic<std::uint64_t> received_{0};
};

}  // namespace bench
