// What lies between OpenSSL and the stream, without either: what may wait to leave (TW1).
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <troupe/os/tls_wire.hpp>

namespace os_tls_wire_test {

using namespace troupe;
using os::tls_wire;

namespace {

/// Takes as many bytes as it is let.
class narrow_stream final : public port::stream {
 public:
  explicit narrow_stream(std::size_t& room) : room_(room) {}
  result<std::size_t> read_some(std::span<std::byte>) override { return error{errc::would_block, {}}; }
  result<std::size_t> write_some(std::span<const std::byte> from) override {
    const std::size_t n = std::min(room_, from.size());
    room_ -= n;
    if (n == 0) return error{errc::would_block, {}};
    return n;
  }
  void wait_readable(port::ready_handler) override {}
  void wait_writable(port::ready_handler) override {}
  void close() noexcept override {}
  std::string peer() const override { return "a test"; }

 private:
  std::size_t& room_;
};

}  // namespace

TEST_CASE("TW1, R8: OpenSSL is told that there is no room while too much waits, leaving or not") {
  std::size_t room = 0;
  tls_wire wire{std::make_unique<narrow_stream>(room)};
  const std::string record(16u << 10, 'x');
  const auto fill = [&] {
    std::size_t taken = 0;
    bool retry = false;
    while (!retry && taken <= 2 * tls_wire::unsent_max) {
      const int n = wire.write(record.data(), static_cast<int>(record.size()), retry);
      if (n > 0) taken += static_cast<std::size_t>(n);
    }
    CHECK(retry);
    return taken;
  };
  const std::size_t most = tls_wire::unsent_max + record.size();
  CHECK(fill() == most);
  // What has been made ready counts until all of it has left.
  CHECK(wire.flush().error().code == errc::would_block);
  CHECK(fill() == 0);
  room = most - 1;
  CHECK(wire.flush().error().code == errc::would_block);
  CHECK(fill() == 0);
  room = most;
  CHECK(wire.flush());
  CHECK(fill() == most);
}

}  // namespace os_tls_wire_test
