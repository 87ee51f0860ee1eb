#include <sys/random.h>

#include <cerrno>
#include <troupe/base/check.hpp>
#include <troupe/os/os_entropy.hpp>

namespace troupe::os {
namespace {

class kernel_entropy final : public port::entropy {
 public:
  std::uint64_t next() noexcept override {
    std::uint64_t bits = 0;
    ssize_t got = 0;
    // Up to 256 bytes come whole or not at all; only a signal before the first byte interrupts
    // (getrandom(2)).
    do got = ::getrandom(&bits, sizeof bits, 0);
    while (got < 0 && errno == EINTR);
    check(got == static_cast<ssize_t>(sizeof bits), "getrandom gave no random bytes");
    return bits;
  }
};

}  // namespace

std::unique_ptr<port::entropy> make_entropy() { return std::make_unique<kernel_entropy>(); }

}  // namespace troupe::os
