// Connecting: look the host up, try its addresses in turn, give up at the deadline.
#pragma once

#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// Connects to `to` within `timeout`; `done` runs exactly once, inside the driver, or is destroyed with it
/// (O3). A refused connect is `errc::unreachable` with exactly the text "connection refused", so that a
/// caller can tell "nobody listens there" from a cut network (rule R5). Thread-safe; never blocks and never
/// calls `done` itself. Host names are looked up on a thread of Asio's that starts with the first of them.
void start_connect(io_driver& driver, const port::endpoint& to, duration timeout, port::connect_handler done);

}  // namespace troupe::os
