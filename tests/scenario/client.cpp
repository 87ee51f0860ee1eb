#include "scenario/client.hpp"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace scenario {
namespace {

[[noreturn]] void broken(const std::string& what) {
  throw std::runtime_error(what + (errno != 0 ? std::string(": ") + std::strerror(errno) : std::string()));
}

bool wait_for(int socket, short what, std::chrono::milliseconds limit) {
  pollfd at{socket, what, 0};
  return ::poll(&at, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace

std::string request(const std::vector<std::string_view>& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto word : words) {
    out += "$" + std::to_string(word.size()) + "\r\n";
    out.append(word).append("\r\n");
  }
  return out;
}

client::client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in at = loopback::address(port);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    close();
    broken("can't connect to port " + std::to_string(port));
  }
}

client::~client() { close(); }

client::client(client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), here_(std::move(other.here_)), read_(other.read_) {}

void client::end_sending() noexcept { ::shutdown(socket_, SHUT_WR); }

void client::close() noexcept {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

std::size_t client::send_while_taken(std::string_view bytes, std::chrono::milliseconds limit) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0)
      sent += static_cast<std::size_t>(n);
    else if (errno != EAGAIN || !wait_for(socket_, POLLOUT, limit))
      break;
  }
  return sent;
}

void client::send(std::string_view bytes) {
  errno = 0;
  if (send_while_taken(bytes, patience) < bytes.size()) broken("the request was not taken");
}

bool client::receive_more() {
  errno = 0;
  if (!wait_for(socket_, POLLIN, patience)) broken("no reply in time");
  char chunk[65536];
  const ssize_t n = ::recv(socket_, chunk, sizeof chunk, 0);
  if (n <= 0) return false;
  here_.append(chunk, static_cast<std::size_t>(n));
  return true;
}

// The line at `read_`, which then is behind it.
std::string_view client::line() {
  for (std::size_t seen = read_;;) {
    const auto end = here_.find("\r\n", seen);
    if (end != std::string::npos) {
      const auto begin = std::exchange(read_, end + 2);
      return std::string_view(here_).substr(begin, end - begin);
    }
    seen = here_.size() > read_ ? here_.size() - 1 : read_;
    if (!receive_more()) broken("closed in the middle of a reply");
  }
}

std::string client::reply() {
  here_.erase(0, std::exchange(read_, 0));
  for (std::size_t missing = 1; missing > 0; --missing) {
    const auto head = line();
    if (head.empty()) throw std::runtime_error("an empty line is no reply");
    if (head.front() != '$' && head.front() != '*') continue;
    const long size = std::stol(std::string(head.substr(1)));
    if (head.front() == '*') {
      if (size > 0) missing += static_cast<std::size_t>(size);
    } else if (size >= 0) {
      const std::size_t end = read_ + static_cast<std::size_t>(size) + 2;
      while (here_.size() < end)
        if (!receive_more()) broken("closed in the middle of a reply");
      read_ = end;
    }
  }
  return here_.substr(0, read_);
}

std::string client::ask(const std::vector<std::string_view>& words) {
  send(request(words));
  return reply();
}

std::string client::rest() {
  while (receive_more()) {
  }
  return here_.substr(read_);
}

}  // namespace scenario
