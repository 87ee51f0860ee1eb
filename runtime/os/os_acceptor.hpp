// A listening socket as a port::acceptor.
#pragma once

#include <functional>
#include <memory>
#include <troupe/os/os_address.hpp>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// Listens at `at`. `errc::already_exists` when the port is taken, `errc::invalid` when the host does not
/// resolve or is no address of this machine. A host name asks the system's resolver and may block; numbers
/// and "localhost" don't. Thread-safe.
result<std::unique_ptr<port::acceptor>> make_acceptor(io_driver& driver, const port::endpoint& at);

/// Makes a stream of a descriptor that was accepted, and owns it from then on; the address is the other side's. Runs in the driver.
using stream_maker = std::function<result<std::unique_ptr<port::stream>>(int fd, const address& peer)>;

/// An acceptor of `socket`, which listens already at `local` and is owned from here on, also when it fails (`errc::io`). Thread-safe.
result<std::unique_ptr<port::acceptor>> watch_listener(io_driver& driver, int socket, port::endpoint local,
                                                       stream_maker make);

}  // namespace troupe::os
