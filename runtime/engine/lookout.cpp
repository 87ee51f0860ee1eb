#include <troupe/engine/lookout.hpp>

namespace troupe::engine {

void lookout::start() { thread_ = std::thread{[this] { watch(); }}; }

void lookout::stop() {
  stopping_.store(true, std::memory_order_seq_cst);
  parker_->unpark();
  if (thread_.joinable()) thread_.join();
}

void lookout::watch() {
  const auto occupied = [](std::uint64_t moves) { return moves % 2 == 1; };
  std::uint64_t seen = moves_.load(std::memory_order_seq_cst);
  int quiet = 0;
  while (!stopping_.load(std::memory_order_seq_cst)) {
    if (quiet < quiet_periods_max) {
      parker_->park_until(clock_.now() + period);
    } else {
      asleep_.store(true, std::memory_order_seq_cst);
      if (occupied(moves_.load(std::memory_order_seq_cst)) && !stopping_.load(std::memory_order_seq_cst))
        parker_->park();  // LO2
      asleep_.store(false, std::memory_order_seq_cst);
      quiet = 0;
    }
    const std::uint64_t moves = moves_.load(std::memory_order_seq_cst);
    if (occupied(moves)) {
      ++quiet;
    } else {
      quiet = 0;
      if (moves == seen) send_one_();
    }
    seen = moves;
  }
}

}  // namespace troupe::engine
