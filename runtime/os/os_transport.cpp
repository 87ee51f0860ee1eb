#include <troupe/os/os_acceptor.hpp>
#include <troupe/os/os_connect.hpp>
#include <troupe/os/os_transport.hpp>
#include <troupe/os/os_unix.hpp>
#include <troupe/os/tls_transport.hpp>

namespace troupe::os {
namespace {

class socket_transport final : public port::transport {
 public:
  explicit socket_transport(io_driver& driver) noexcept : driver_(driver) {}

  result<std::unique_ptr<port::acceptor>> listen(const port::endpoint& at) override {
    return at.is_local() ? make_unix_acceptor(driver_, at) : make_acceptor(driver_, at);
  }

  void connect(const port::endpoint& to, duration timeout, port::connect_handler done) override {
    if (to.is_local())
      connect_unix(driver_, to, std::move(done));
    else
      start_connect(driver_, to, timeout, std::move(done));
  }

  result<std::unique_ptr<port::secure_transport>> secured(const port::credential_files& files) override {
    return make_tls_transport(driver_, *this, files);
  }

 private:
  io_driver& driver_;
};

}  // namespace

std::unique_ptr<port::transport> make_transport(io_driver& driver) {
  return std::make_unique<socket_transport>(driver);
}

}  // namespace troupe::os
