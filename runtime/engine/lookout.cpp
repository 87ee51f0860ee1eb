#include <troupe/engine/lookout.hpp>

namespace troupe::engine {

void lookout::start() {
  thread_ = std::thread{[this] { watch(); }};
}

void lookout::stop() {
  // Stopped already, or never started: a handle may outlive the platform, and the parker may be part of that.
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_seq_cst);
  parker_->unpark();
  if (thread_.joinable()) thread_.join();
}

void lookout::watch() {
  int quiet = 0;
  while (!stopping_.load(std::memory_order_seq_cst)) {
    if (quiet < quiet_periods_max) {
      parker_->park_until(clock_.now() + period);
      quiet = look_() ? quiet + 1 : 0;
      continue;
    }
    asleep_.store(true, std::memory_order_seq_cst);
    if (look_() && !stopping_.load(std::memory_order_seq_cst)) parker_->park();  // LO2
    asleep_.store(false, std::memory_order_seq_cst);
    quiet = 0;
  }
}

}  // namespace troupe::engine
