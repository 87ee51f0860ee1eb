// Socket addresses: from an endpoint to what the kernel takes, and back.
#pragma once

#include <sys/socket.h>

#include <string>
#include <troupe/port/transport.hpp>
#include <vector>

namespace troupe::os {

/// An IPv4 or IPv6 address with its port, as the kernel takes it. A value.
struct address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  /// For the calls that take an address.
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  /// For the calls that fill one in; they update `size` too.
  sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

/// The addresses of an endpoint whose host needs no lookup: a number, or "localhost" (127.0.0.1, then ::1).
/// Empty for every other host. Never blocks. Thread-safe.
std::vector<address> known_addresses(const port::endpoint& e);

/// The addresses of any endpoint; asks the system's resolver and so may block for seconds. Empty, with the
/// reason in `why`, when the host does not resolve. Thread-safe.
std::vector<address> look_up(const port::endpoint& e, std::string& why);

/// The same, for who wants to connect there: without the addresses of a family that this machine has none of. Thread-safe.
std::vector<address> look_up_to_connect(const port::endpoint& e, std::string& why);

/// The address as an endpoint with a numeric host.
port::endpoint to_endpoint(const address& a);

/// The address that `socket` is bound to; port 0 when it is none. Thread-safe.
address local_address(int socket) noexcept;

/// Whether both are the same family, host and port.
bool same(const address& a, const address& b) noexcept;

}  // namespace troupe::os
