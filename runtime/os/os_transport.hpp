// TCP and Unix domain sockets on the driver's io_context. The parts: os_stream, os_acceptor, os_connect, os_unix; tls_transport is what
// makes it secure.
#pragma once

#include <memory>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// The transport; its callbacks run inside `driver`, which must outlive it. Thread-safe.
std::unique_ptr<port::transport> make_transport(io_driver& driver);

}  // namespace troupe::os
