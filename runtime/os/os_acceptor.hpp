// A listening TCP socket as a port::acceptor.
#pragma once

#include <memory>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// Listens at `at`. `errc::already_exists` when the port is taken, `errc::invalid` when the host does not
/// resolve or is no address of this machine. A host name asks the system's resolver and may block; numbers
/// and "localhost" don't. Thread-safe.
result<std::unique_ptr<port::acceptor>> make_acceptor(io_driver& driver, const port::endpoint& at);

}  // namespace troupe::os
