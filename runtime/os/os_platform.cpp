#include <sys/resource.h>

#include <troupe/os/os_clock.hpp>
#include <troupe/os/os_driver.hpp>
#include <troupe/os/os_entropy.hpp>
#include <troupe/os/os_files.hpp>
#include <troupe/os/os_memory.hpp>
#include <troupe/os/os_park.hpp>
#include <troupe/os/os_platform.hpp>
#include <troupe/os/os_process.hpp>
#include <troupe/os/os_transport.hpp>

namespace troupe {
namespace {

class os_platform final : public port::platform {
 public:
  explicit os_platform(bool spins) : driver_(spins) {}

  port::clock& clock() noexcept override { return *clock_; }
  port::entropy& entropy() noexcept override { return *entropy_; }
  port::driver& driver() noexcept override { return driver_; }
  port::transport& transport() noexcept override { return *transport_; }
  port::files& files() noexcept override { return *files_; }
  port::process& process() noexcept override { return *process_; }
  void keep_freed_memory(std::size_t bytes) noexcept override { os::keep_freed_memory(bytes); }
  std::unique_ptr<port::parker> make_parker() override { return os::make_parker(); }

 private:
  std::unique_ptr<port::clock> clock_ = os::make_clock();
  std::unique_ptr<port::entropy> entropy_ = os::make_entropy();
  os::io_driver driver_;
  std::unique_ptr<port::transport> transport_ = os::make_transport(driver_);
  std::unique_ptr<port::files> files_ = os::make_files();
  std::unique_ptr<port::process> process_ = os::make_process();
};

}  // namespace

std::unique_ptr<port::platform> make_os_platform(bool spins) {
  // The soft limit on descriptors is kept low for programs that use select; this one does not, and a server with the
  // usual 1024 turns clients away. As far as the hard limit goes it is ours to raise; failing to is no error.
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur < descriptors.rlim_max) {
    descriptors.rlim_cur = descriptors.rlim_max;
    static_cast<void>(setrlimit(RLIMIT_NOFILE, &descriptors));
  }
  return std::make_unique<os_platform>(spins);
}

}  // namespace troupe
