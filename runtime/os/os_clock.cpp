#include <troupe/os/os_clock.hpp>

namespace troupe::os {
namespace {

class system_time final : public port::clock {
 public:
  time_point now() const noexcept override { return monotonic_now(); }
  std::chrono::system_clock::time_point wall() const noexcept override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace

time_point monotonic_now() noexcept {
  return time_point{
      std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

std::unique_ptr<port::clock> make_clock() { return std::make_unique<system_time>(); }

}  // namespace troupe::os
