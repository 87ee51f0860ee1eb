#include "bare/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace bench::remote {
namespace {

template <class T>
T checked(T result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int new_socket() { return checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

}  // namespace

bare_stream::bare_stream(int socket) : socket_(socket) {
  const int on = 1;
  checked(setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

bare_stream::~bare_stream() {
  if (socket_ >= 0) close(socket_);
}

bare_stream::bare_stream(bare_stream&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

bare_stream bare_stream::to(std::uint16_t port) {
  bare_stream out{new_socket()};
  const sockaddr_in at = loopback(port);
  checked(connect(out.socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at), "connect");
  return out;
}

void bare_stream::write_all(const void* from, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;)
    done += static_cast<std::size_t>(
        checked(send(socket_, static_cast<const char*>(from) + done, bytes - done, MSG_NOSIGNAL), "send"));
}

std::size_t bare_stream::read_some(void* into, std::size_t bytes) {
  return static_cast<std::size_t>(checked(recv(socket_, into, bytes, 0), "recv"));
}

bool bare_stream::read_all(void* into, std::size_t bytes) {
  for (std::size_t have = 0; have < bytes;) {
    const std::size_t n = read_some(static_cast<char*>(into) + have, bytes - have);
    if (n == 0) return false;
    have += n;
  }
  return true;
}

bare_listener::bare_listener() : socket_(new_socket()) {
  const sockaddr_in at = loopback(0);
  checked(bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at), "bind");
  checked(listen(socket_, SOMAXCONN), "listen");
}

std::uint16_t bare_listener::port() const {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  checked(getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size), "getsockname");
  return ntohs(at.sin_port);
}

bare_stream bare_listener::accept() {
  return bare_stream{checked(::accept(socket_, nullptr, nullptr), "accept")};
}

}  // namespace bench::remote
