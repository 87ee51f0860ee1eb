#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <troupe/base/check.hpp>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_stream.hpp>

namespace troupe::os {
namespace {

namespace asio = boost::asio;
using descriptor = asio::posix::stream_descriptor;

// What a stream shares with its callbacks, which may outlive it (T3).
struct stream_state {
  explicit stream_state(std::string peer_address) : peer(std::move(peer_address)) {}

  const std::string peer;
  std::atomic<bool> closed{false};
  std::atomic<bool> read_waits{false};
  std::atomic<bool> write_waits{false};

  error closed_error() const { return {errc::closed, "the stream to " + peer + " is closed"}; }
};

// One wait under way. Moved through Asio, run once in the driver, or destroyed un-run with it (O3).
struct waiter {
  io_driver* driver;
  std::shared_ptr<stream_state> state;
  std::atomic<bool> stream_state::*waits;
  port::ready_handler ready;
  io_driver::errand to_come;

  void operator()(const boost::system::error_code& ec) {
    // Release: pairs with the acquire exchange in `wait`. Cleared first, so that the callback's message may
    // already lead to the next wait on another worker.
    ((*state).*waits).store(false, std::memory_order_release);
    driver->count_completion();
    // Acquire: pairs with the release in `close`. A stream that became ready and was closed before this ran
    // reports closed (T3): its owner has given it up.
    if (state->closed.load(std::memory_order_acquire))
      ready(state->closed_error());
    else if (ec)
      ready(errno_error(ec.value(), "wait on", state->peer));
    else
      ready({});
  }
};

class socket_stream final : public port::stream {
  static constexpr std::size_t gathered_max = 64;  // pieces in one call

 public:
  socket_stream(io_driver& driver, std::string peer, port::peer_proof proof)
      : driver_(driver),
        tenancy_(driver),
        socket_(driver.context()),
        state_(std::make_shared<stream_state>(std::move(peer))),
        proof_(std::move(proof)) {}

  ~socket_stream() override { socket_stream::close(); }

  // Watches `fd` from now on. On failure `fd` stays the caller's.
  boost::system::error_code adopt(int fd) {
    boost::system::error_code ec;
    socket_.assign(fd, ec);
    return ec;
  }

  result<std::size_t> read_some(std::span<std::byte> into) override {
    // recv answers 0 for an empty buffer, which would read as the end of the stream (T4).
    if (into.empty()) return error{errc::invalid, "read_some needs room for at least one byte"};
    if (is_closed()) return state_->closed_error();
    ssize_t got = 0;
    do got = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0) return failure(errno, "read from");
    return static_cast<std::size_t>(got);
  }

  result<std::size_t> read_scattered(std::span<std::byte> first, std::span<std::byte> second) override {
    if (first.empty()) return read_some(second);
    if (is_closed()) return state_->closed_error();
    std::array<iovec, 2> at{iovec{first.data(), first.size()}, iovec{second.data(), second.size()}};
    msghdr message{};
    message.msg_iov = at.data();
    message.msg_iovlen = at.size();
    ssize_t got = 0;
    do got = ::recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0) return failure(errno, "read from");
    return static_cast<std::size_t>(got);
  }
  bool scatters() const noexcept override { return true; }
  // What a write looks at, the descriptor and whether it is closed, changes in `close` alone.
  bool writes_apart() const noexcept override { return true; }

  result<std::size_t> write_some(std::span<const std::byte> from) override {
    if (is_closed()) return state_->closed_error();
    if (from.empty()) return std::size_t{0};
    ssize_t put = 0;
    do put = ::send(socket_.native_handle(), from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0) return failure(errno, "write to");
    return static_cast<std::size_t>(put);
  }

  result<std::size_t> write_gathered(std::span<const std::string_view> pieces) override {
    if (is_closed()) return state_->closed_error();
    std::array<iovec, gathered_max> at;
    const std::size_t count = std::min(pieces.size(), at.size());
    if (count == 0) return std::size_t{0};
    for (std::size_t i = 0; i < count; ++i)
      at[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};  // sendmsg only reads
    msghdr message{};
    message.msg_iov = at.data();
    message.msg_iovlen = count;
    ssize_t put = 0;
    do put = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0) return failure(errno, "write to");
    return static_cast<std::size_t>(put);
  }

  void wait_readable(port::ready_handler ready) override {
    wait(descriptor::wait_read, &stream_state::read_waits, std::move(ready));
  }

  void wait_writable(port::ready_handler ready) override {
    wait(descriptor::wait_write, &stream_state::write_waits, std::move(ready));
  }

  void close() noexcept override {
    // Release: pairs with the acquire in `waiter`.
    state_->closed.store(true, std::memory_order_release);
    // Asio posts what is outstanding to the driver; nothing runs in here. It also takes the descriptor out of
    // the epoll set, which matters while a child that is about to exec still holds a copy of it.
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  std::string peer() const override { return state_->peer; }
  const port::peer_proof& proof() const noexcept override { return proof_; }

 private:
  // Relaxed: the owner, who calls this, is the one who sets it (T1).
  bool is_closed() const noexcept { return state_->closed.load(std::memory_order_relaxed); }

  // Not being ready is part of every conversation, so its text costs no allocation.
  error failure(int number, std::string_view operation) const {
    if (number == EAGAIN) return {errc::would_block, "not ready"};
    return errno_error(number, operation, state_->peer);
  }

  void wait(descriptor::wait_type what, std::atomic<bool> stream_state::*waits, port::ready_handler ready) {
    // Acquire: pairs with the release in `waiter`.
    check(!((*state_).*waits).exchange(true, std::memory_order_acquire),
          "T2: one wait a direction at a time");
    // On a closed descriptor Asio posts the handler with an error, and `waiter` says closed.
    socket_.async_wait(what, waiter{&driver_, state_, waits, std::move(ready), io_driver::errand{driver_}});
  }

  io_driver& driver_;
  io_driver::tenancy tenancy_;
  descriptor socket_;
  std::shared_ptr<stream_state> state_;
  const port::peer_proof proof_;
};

}  // namespace

int open_tcp_socket(int family) noexcept {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
}

void send_small_writes_at_once(int socket) noexcept {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_max, sizeof unsent_max);
}

result<std::unique_ptr<port::stream>> make_stream(io_driver& driver, int socket, std::string peer,
                                                  port::peer_proof proof) {
  auto made = std::make_unique<socket_stream>(driver, std::move(peer), std::move(proof));
  if (const auto ec = made->adopt(socket)) {
    ::close(socket);
    return errno_error(errc::io, ec.value(), "watch the connection to", made->peer());
  }
  return std::unique_ptr<port::stream>{std::move(made)};
}

}  // namespace troupe::os
