#include <troupe/testkit/manual_clock.hpp>

namespace troupe::testkit {

std::chrono::system_clock::time_point manual_clock::wall() const noexcept {
  if (!stands_still()) return real_.wall();
  using namespace std::chrono;
  const sys_days new_year{year{2024} / January / 1};
  return new_year + duration_cast<std::chrono::system_clock::duration>(now() - beginning);
}

void manual_clock::run() noexcept {
  if (!stands_still()) return;
  ahead_.store((now() - real_.now()).count(), std::memory_order_seq_cst);
  still_.store(false, std::memory_order_seq_cst);
}

}  // namespace troupe::testkit
