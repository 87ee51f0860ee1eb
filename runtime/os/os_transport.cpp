#include <troupe/os/os_acceptor.hpp>
#include <troupe/os/os_connect.hpp>
#include <troupe/os/os_transport.hpp>

namespace troupe::os {
namespace {

class tcp_transport final : public port::transport {
 public:
  explicit tcp_transport(io_driver& driver) noexcept : driver_(driver) {}

  result<std::unique_ptr<port::acceptor>> listen(const port::endpoint& at) override {
    return make_acceptor(driver_, at);
  }

  void connect(const port::endpoint& to, duration timeout, port::connect_handler done) override {
    start_connect(driver_, to, timeout, std::move(done));
  }

 private:
  io_driver& driver_;
};

}  // namespace

std::unique_ptr<port::transport> make_transport(io_driver& driver) {
  return std::make_unique<tcp_transport>(driver);
}

}  // namespace troupe::os
