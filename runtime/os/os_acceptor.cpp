#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <mutex>
#include <troupe/base/check.hpp>
#include <troupe/os/os_acceptor.hpp>
#include <troupe/os/os_address.hpp>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_stream.hpp>

namespace troupe::os {
namespace {

namespace asio = boost::asio;

// The listening socket, shared by the acceptor and the accept under way. The accept runs in the driver while
// the owner may close on another thread, so the descriptor is only touched under the lock.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(io_driver& driver, port::endpoint local, stream_maker make)
      : driver_(driver),
        tenancy_(driver),
        socket_(driver.context()),
        local_(std::move(local)),
        make_(std::move(make)) {}

  // Watches `fd` from now on. On failure `fd` stays the caller's.
  boost::system::error_code adopt(int fd) {
    boost::system::error_code ec;
    socket_.assign(fd, ec);
    return ec;
  }

  void accept(port::accept_handler done) {
    const std::lock_guard hold{mutex_};
    check(!accepting_, "one accept at a time is outstanding on an acceptor");
    accepting_ = true;
    arm(std::move(done));
  }

  void close() noexcept {
    const std::lock_guard hold{mutex_};
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);  // posts the accept under way to the driver
  }

  const port::endpoint& local() const noexcept { return local_; }

 private:
  // One accept under way. REQUIRES: the lock is held. Asio never runs it in here, on a closed descriptor
  // neither.
  void arm(port::accept_handler done) {
    socket_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [self = shared_from_this(), done = std::move(done), to_come = io_driver::errand{driver_}](
            const boost::system::error_code& ec) mutable { self->step(ec, std::move(done)); });
  }

  void step(const boost::system::error_code& ec, port::accept_handler done) {
    address peer;
    int fd = -1;
    int why = 0;
    bool closed = false;
    {
      const std::lock_guard hold{mutex_};
      closed = closed_;
      if (!closed && ec) why = ec.value();
      if (!closed && !ec) {
        fd = ::accept4(socket_.native_handle(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) why = errno;
        if (is_transient(why)) return arm(std::move(done));
      }
      accepting_ = false;
    }
    driver_.count_completion();
    if (closed) return done(error{errc::closed, "the listener at " + port::to_string(local_) + " is closed"});
    if (fd < 0) return done(refusal(why));
    done(make_(fd, peer));
  }

  // No connection after all, or one that its peer gave up while it was queued; accept(2) asks to try again,
  // also for the network errors of a connection that is already dead.
  static bool is_transient(int why) noexcept {
    switch (why) {
      case EAGAIN:
      case EINTR:
      case ECONNABORTED:
      case EPROTO:
      case ENETDOWN:
      case ENETUNREACH:
      case EHOSTDOWN:
      case EHOSTUNREACH:
        return true;
      default:
        return false;
    }
  }

  error refusal(int why) const {
    auto e = errno_error(is_exhaustion(why) ? errc::overloaded : errc::io, why, "accept at",
                         port::to_string(local_));
    if (why == EMFILE) e.text += "; raise the limit on open files (ulimit -n)";
    return e;
  }

  io_driver& driver_;
  io_driver::tenancy tenancy_;
  std::mutex mutex_;
  asio::posix::stream_descriptor socket_;  // guarded by mutex_
  bool closed_ = false;                    // guarded by mutex_
  bool accepting_ = false;                 // guarded by mutex_
  const port::endpoint local_;
  const stream_maker make_;
};

class socket_acceptor final : public port::acceptor {
 public:
  explicit socket_acceptor(std::shared_ptr<listener> l) : listener_(std::move(l)) {}
  ~socket_acceptor() override { listener_->close(); }

  void accept(port::accept_handler done) override { listener_->accept(std::move(done)); }
  port::endpoint local() const override { return listener_->local(); }
  void close() noexcept override { listener_->close(); }

 private:
  std::shared_ptr<listener> listener_;
};

error listen_error(int why, const port::endpoint& at) {
  const auto where = port::to_string(at);
  switch (why) {
    case EADDRINUSE:
      return {errc::already_exists,
              where + " is taken by another program; stop that program or choose another port"};
    case EADDRNOTAVAIL:
      return {errc::invalid, at.host + " is no address of this machine"};
    case EACCES:
      return {errc::io, where + " may not be listened at by this user; choose a port above 1023"};
    default:
      return errno_error(errc::io, why, "listen at", where);
  }
}

}  // namespace

result<std::unique_ptr<port::acceptor>> make_acceptor(io_driver& driver, const port::endpoint& at) {
  std::string why;
  const auto addresses = look_up(at, why);
  if (addresses.empty()) return error{errc::invalid, "'" + at.host + "' is no host to listen at: " + why};
  const address& first = addresses.front();

  const int fd = open_tcp_socket(first.storage.ss_family);
  if (fd < 0) return listen_error(errno, at);
  const int on = 1;
  // A restarted node gets its port back at once, although old connections linger in TIME_WAIT.
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, first.get(), first.size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const int number = errno;
    ::close(fd);
    return listen_error(number, at);
  }
  return watch_listener(driver, fd, to_endpoint(local_address(fd)),
                        [&driver](int socket, const address& peer) {
                          send_small_writes_at_once(socket);
                          return make_stream(driver, socket, port::to_string(to_endpoint(peer)));
                        });
}

result<std::unique_ptr<port::acceptor>> watch_listener(io_driver& driver, int socket, port::endpoint local,
                                                       stream_maker make) {
  auto made = std::make_shared<listener>(driver, std::move(local), std::move(make));
  if (const auto ec = made->adopt(socket)) {
    ::close(socket);
    return listen_error(ec.value(), made->local());
  }
  return std::unique_ptr<port::acceptor>{std::make_unique<socket_acceptor>(std::move(made))};
}

}  // namespace troupe::os
