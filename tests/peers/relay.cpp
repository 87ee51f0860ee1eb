#include "peers/relay.hpp"

#include <poll.h>

#include <stdexcept>

#include "loopback.hpp"

namespace peers {
namespace {

int connected(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in at = loopback::address(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return fd;
  ::close(fd);
  return -1;
}

// False: the connection takes no more.
bool send_all(int to, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(to, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

relay::relay() : port_(loopback::free_port()), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in at = loopback::address(port_);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(listener_, 16) != 0 || ::pipe(end_) != 0)
    throw std::runtime_error("no relay");
  thread_ = std::thread([this] { run(); });
}

relay::~relay() {
  static_cast<void>(!::write(end_[1], "x", 1));
  thread_.join();
  for (const int fd : {listener_, end_[0], end_[1]}) ::close(fd);
}

std::string relay::said_by_first() const {
  const std::lock_guard hold{lock_};
  return said_;
}

void relay::run() {
  for (;;) {
    pollfd wait[]{{listener_, POLLIN, 0}, {end_[0], POLLIN, 0}};
    ::poll(wait, 2, -1);
    if (wait[1].revents) return;
    const int from = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (from < 0) continue;
    if (const int to = to_ ? connected(to_) : -1; to >= 0) {
      pass_on(from, to);
      ::close(to);
    }
    ::close(from);
  }
}

void relay::pass_on(int from, int to) {
  char bytes[16384];
  for (;;) {
    pollfd wait[]{{from, POLLIN, 0}, {to, POLLIN, 0}, {end_[0], POLLIN, 0}};
    ::poll(wait, 3, -1);
    if (wait[2].revents) return;
    for (const int way : {0, 1}) {
      if (!wait[way].revents) continue;
      const ssize_t got = ::recv(wait[way].fd, bytes, sizeof bytes, 0);
      if (got <= 0 || !send_all(wait[1 - way].fd, bytes, static_cast<std::size_t>(got))) {
        first_is_over_ = first_is_over_ || !said_by_first().empty();
        return;
      }
      if (way == 1 || first_is_over_) continue;
      const std::lock_guard hold{lock_};
      said_.append(bytes, static_cast<std::size_t>(got));
    }
  }
}

std::string say_to(std::uint16_t port, const std::string& bytes) {
  const int fd = connected(port);
  if (fd < 0) throw std::runtime_error("nobody listens on " + std::to_string(port));
  timeval limit{20, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  send_all(fd, bytes.data(), bytes.size());
  std::string out;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    const bool late = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (got <= 0) {
      ::close(fd);
      if (late) throw std::runtime_error("the other side did not close");
      return out;
    }
    out.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace peers
