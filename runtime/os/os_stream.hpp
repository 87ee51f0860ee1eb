// A connected socket as a port::stream.
#pragma once

#include <memory>
#include <string>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// Opens a non-blocking TCP socket of `family` that is closed on exec from its first moment, which Asio 1.81
/// does not see to. Returns the descriptor or -1 with errno. Thread-safe.
int open_tcp_socket(int family) noexcept;

/// What a TCP socket takes beyond that which the network has taken, in bytes: what is written now is behind at most that. Without it the
/// kernel takes megabytes, and over a slow network a heartbeat comes seconds after it was written: a node that sends much would be given up.
inline constexpr int unsent_max = 128 << 10;

/// Turns TCP_NODELAY on: actors' messages are small and each one matters. And bounds what waits in the kernel to `unsent_max`. Best effort.
/// Thread-safe.
void send_small_writes_at_once(int socket) noexcept;

/// Makes a stream of `socket`, a connected non-blocking descriptor, and owns it from here on, also when it fails (`errc::io`: the driver
/// can't watch it). `peer` is for people; `proof` is what the kernel says of the other side. Thread-safe.
result<std::unique_ptr<port::stream>> make_stream(io_driver& driver, int socket, std::string peer,
                                                  port::peer_proof proof = {});

}  // namespace troupe::os
