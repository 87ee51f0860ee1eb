#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <list>
#include <troupe/os/os_address.hpp>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/os_connect.hpp>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_lookup.hpp>
#include <troupe/os/os_stream.hpp>
#include <utility>
#include <vector>

namespace troupe::os {
namespace {

namespace asio = boost::asio;

// One connect. All of it runs inside the driver, so it needs no lock; each Asio operation keeps it alive.
class attempt : public std::enable_shared_from_this<attempt> {
 public:
  attempt(io_driver& driver, port::endpoint to, duration timeout, port::connect_handler done)
      : driver_(driver),
        to_(std::move(to)),
        timeout_(timeout),
        done_(std::move(done)),
        timer_(driver.context()),
        next_one_(driver.context()) {}

  void start() {
    limit_time();
    if (to_.host.empty()) return finish(error{errc::unreachable, "connect: the host is empty"});
    addresses_ = known_addresses(to_);
    if (addresses_.empty())
      look_up_name();
    else
      try_next();
  }

 private:
  using socket = asio::posix::stream_descriptor;

  // From now (OC1). Armed without a limit too: it keeps this alive while a name is looked up.
  void limit_time() {
    const time_point limit = after(monotonic_now(), timeout_);
    timer_.expires_at(limit == never ? asio::steady_timer::time_point::max()
                                     : asio::steady_timer::time_point{limit.time_since_epoch()});
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
      if (!cancelled) self->time_is_up();
    });
  }

  void look_up_name() {
    is_looking_ = true;
    driver_.names().start(
        to_, [own = weak_from_this()](const std::vector<address>& found, const std::string& why) {
          const auto self = own.lock();
          if (!self || self->finished()) return;
          self->is_looking_ = false;
          if (found.empty())
            return self->finish(error{errc::unreachable, "look up '" + self->to_.host + "': " + why});
          self->addresses_ = found;
          self->limit_time();
          self->try_next();
        });
  }

  // Goes through the addresses, in the resolver's order, until one more is under way.
  void try_next() {
    next_one_.cancel();
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
      socket& one = sockets_.emplace_back(driver_.context());
      one.assign(fd, ec);
      if (ec) {
        note(ec.value());
        sockets_.pop_back();
        ::close(fd);
        continue;
      }
      if (next_ < addresses_.size()) try_another_soon();
      return wait(one);
    }
    if (!sockets_.empty()) return;  // one of those may get there
    if (failure_weight_ == 0)
      failure_ = {errc::unreachable, "connect to " + port::to_string(to_) + ": the name has no address"};
    finish(failure_);
  }

  // OC2
  void try_another_soon() {
    next_one_.expires_after(stagger);
    next_one_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
      if (!cancelled && !self->finished()) self->try_next();
    });
  }

  void wait(socket& one) {
    one.async_wait(socket::wait_write,
                   [self = shared_from_this(), &one](const boost::system::error_code& ec) {
                     if (!self->finished()) self->look(one, ec.value());
                   });
  }

  void look(socket& one, int why) {
    const int fd = one.native_handle();
    socklen_t size = sizeof why;
    if (why == 0 && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0) why = errno;
    if (why == 0) {
      address peer;
      if (::getpeername(fd, peer.get(), &peer.size) != 0) {
        // A readiness left over from an earlier user of the same slot in Asio's tables: not connected yet.
        if (errno == ENOTCONN) return wait(one);
        why = errno;
      } else if (same(peer, local_address(fd))) {
        // TCP lets a socket connect to itself when the kernel lends it the very port it aims at. Nobody
        // listens.
        why = ECONNREFUSED;
      } else {
        return finish(make_stream(driver_, one.release(), port::to_string(to_endpoint(peer))));
      }
    }
    note(why);
    sockets_.remove_if([&](const socket& other) { return &other == &one; });
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
    const std::string within = " within " + std::to_string(ms) + " ms";
    finish(error{errc::timeout, is_looking_ ? "look up '" + to_.host + "': no answer" + within
                                            : port::to_string(to_) + " did not answer" + within});
  }

  bool finished() const noexcept { return !done_; }

  void finish(result<std::unique_ptr<port::stream>> outcome) {
    auto done = std::exchange(done_, nullptr);
    timer_.cancel();
    next_one_.cancel();
    sockets_.clear();
    driver_.count_completion();
    done(std::move(outcome));
  }

  io_driver& driver_;
  io_driver::errand to_come_{driver_};
  const port::endpoint to_;
  const duration timeout_;
  port::connect_handler done_;  // empty once it has run
  asio::steady_timer timer_;
  asio::steady_timer next_one_;
  std::list<socket> sockets_;  // those that have not failed yet
  std::vector<address> addresses_;
  std::size_t next_ = 0;
  bool is_looking_ = false;
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
