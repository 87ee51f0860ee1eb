// Addresses on this machine, for tests that listen and connect without the library.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace loopback {

/// 127.0.0.1 at a port.
inline sockaddr_in address(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

/// Makes a port this process' own among all that ask here, until it ends; false when another one has it. The name of a
/// socket in Linux' abstract space serves as the mark: it is as wide as the ports are and goes with the process.
inline bool reserve(std::uint16_t port) {
  const std::string name = "troupe-test-port-" + std::to_string(port);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::memcpy(at.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int mark = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(mark, reinterpret_cast<const sockaddr*>(&at), size) == 0) return true;  // stays open on purpose
  ::close(mark);
  return false;
}

/// A port on 127.0.0.1 that nobody has now, and that no other run of these tests is given before this process ends.
/// Below the ephemeral range: a port that is given up for a moment, as by a node that is restarted, is not taken by some
/// connection's other end. Throws `std::runtime_error` when there is none.
inline std::uint16_t free_port() {
  constexpr std::uint16_t first = 12'000,
                          last = 19'999;  // the tests of samples/demo.sh use those from 20,000 on
  static std::uint16_t next = static_cast<std::uint16_t>(first + ::getpid() % (last - first));
  for (int tries = 0; tries <= last - first; ++tries) {
    const std::uint16_t port = next;
    next = port == last ? first : static_cast<std::uint16_t>(port + 1);
    if (!reserve(port)) continue;
    const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in at = address(port);
    const bool free = ::bind(s, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
    ::close(s);
    if (free) return port;
  }
  throw std::runtime_error("no port on 127.0.0.1 is free");
}

}  // namespace loopback
