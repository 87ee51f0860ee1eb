// TCP on the driver's io_context. The parts: os_stream, os_acceptor, os_connect.
#pragma once

#include <memory>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// The TCP transport; its callbacks run inside `driver`, which must outlive it. Thread-safe.
std::unique_ptr<port::transport> make_transport(io_driver& driver);

}  // namespace troupe::os
