#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <troupe/os/os_address.hpp>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/os_connect.hpp>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_stream.hpp>
#include <utility>
#include <vector>

namespace troupe::os {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// One connect. All of it runs inside the driver, so it needs no lock; each Asio operation keeps it alive.
class attempt : public std::enable_shared_from_this<attempt> {
 public:
  attempt(io_driver& driver, port::endpoint to, duration timeout, port::connect_handler done)
      : driver_(driver),
        to_(std::move(to)),
        timeout_(timeout),
        deadline_(after(monotonic_now(), timeout)),
        done_(std::move(done)),
        timer_(driver.context()),
        socket_(driver.context()) {}

  void start() {
    if (deadline_ != never) {
      timer_.expires_at(std::chrono::steady_clock::time_point{deadline_.time_since_epoch()});
      timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (!cancelled) self->time_is_up();
      });
    }
    if (to_.host.empty()) return finish(error{errc::unreachable, "connect: the host is empty"});
    addresses_ = known_addresses(to_);
    if (addresses_.empty())
      look_up_name();
    else
      try_next();
  }

 private:
  void look_up_name() {
    resolver_.emplace(driver_.context());
    resolver_->async_resolve(to_.host, std::to_string(to_.port),
                             tcp::resolver::numeric_service | tcp::resolver::address_configured,
                             [self = shared_from_this()](const boost::system::error_code& ec,
                                                         const tcp::resolver::results_type& found) {
                               if (self->finished()) return;
                               if (ec)
                                 return self->finish(error{
                                     errc::unreachable, "look up '" + self->to_.host + "': " + ec.message()});
                               for (const auto& entry : found) {
                                 address a;
                                 a.size = static_cast<socklen_t>(entry.endpoint().size());
                                 std::memcpy(&a.storage, entry.endpoint().data(), entry.endpoint().size());
                                 self->addresses_.push_back(a);
                               }
                               self->try_next();
                             });
  }

  // Goes through the addresses, in the resolver's order, until one is under way.
  void try_next() {
    while (next_ < addresses_.size()) {
      const address& a = addresses_[next_++];
      const int fd = open_tcp_socket(a.storage.ss_family);
      if (fd < 0) {
        note(errno);
        continue;
      }
      send_small_writes_at_once(fd);
      // Connected first and watched then: epoll reports a fresh socket as hung up.
      if (::connect(fd, a.get(), a.size) != 0 && errno != EINPROGRESS && errno != EINTR) {
        note(errno);
        ::close(fd);
        continue;
      }
      boost::system::error_code ec;
      socket_.assign(fd, ec);
      if (ec) {
        note(ec.value());
        ::close(fd);
        continue;
      }
      return wait();
    }
    if (failure_weight_ == 0)
      failure_ = {errc::unreachable, "connect to " + port::to_string(to_) + ": the name has no address"};
    finish(failure_);
  }

  void wait() {
    socket_.async_wait(
        asio::posix::stream_descriptor::wait_write,
        [self = shared_from_this()](const boost::system::error_code& ec) { self->look(ec.value()); });
  }

  void look(int why) {
    if (finished()) return;
    const int fd = socket_.native_handle();
    socklen_t size = sizeof why;
    if (why == 0 && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0) why = errno;
    if (why == 0) {
      address peer;
      if (::getpeername(fd, peer.get(), &peer.size) != 0) {
        // A readiness left over from an earlier user of the same slot in Asio's tables: not connected yet.
        if (errno == ENOTCONN) return wait();
        why = errno;
      } else if (same(peer, local_address(fd))) {
        // TCP lets a socket connect to itself when the kernel lends it the very port it aims at. Nobody
        // listens.
        why = ECONNREFUSED;
      } else {
        return finish(make_stream(driver_, socket_.release(), port::to_string(to_endpoint(peer))));
      }
    }
    note(why);
    boost::system::error_code ignored;
    socket_.close(ignored);
    try_next();
  }

  // Keeps the failure to report. Refused weighs more than an address family that this machine lacks, and less
  // than every other failure: "nobody listens there" (R5) is only true when no address may hide a living
  // peer.
  void note(int why) {
    const bool no_family = why == EAFNOSUPPORT || why == ENETUNREACH || why == EADDRNOTAVAIL;
    const int weight = no_family ? 1 : why == ECONNREFUSED ? 2 : 3;
    if (weight <= failure_weight_) return;
    failure_weight_ = weight;
    if (why == ECONNREFUSED)
      failure_ = {errc::unreachable, "connection refused"};
    else
      failure_ = errno_error(why == ETIMEDOUT ? errc::timeout : errc::unreachable, why, "connect to",
                             port::to_string(to_));
  }

  void time_is_up() {
    if (finished()) return;
    const auto ms = std::chrono::duration_cast<milliseconds>(timeout_).count();
    finish(
        error{errc::timeout, port::to_string(to_) + " did not answer within " + std::to_string(ms) + " ms"});
  }

  bool finished() const noexcept { return !done_; }

  void finish(result<std::unique_ptr<port::stream>> outcome) {
    auto done = std::exchange(done_, nullptr);
    timer_.cancel();
    if (resolver_) resolver_->cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    driver_.count_completion();
    done(std::move(outcome));
  }

  io_driver& driver_;
  io_driver::errand to_come_{driver_};
  const port::endpoint to_;
  const duration timeout_;
  const time_point deadline_;
  port::connect_handler done_;  // empty once it has run
  asio::steady_timer timer_;
  std::optional<tcp::resolver> resolver_;
  asio::posix::stream_descriptor socket_;
  std::vector<address> addresses_;
  std::size_t next_ = 0;
  int failure_weight_ = 0;
  error failure_;
};

}  // namespace

void start_connect(io_driver& driver, const port::endpoint& to, duration timeout,
                   port::connect_handler done) {
  auto one = std::make_shared<attempt>(driver, to, timeout, std::move(done));
  asio::post(driver.context(), [one = std::move(one)] { one->start(); });
}

}  // namespace troupe::os
