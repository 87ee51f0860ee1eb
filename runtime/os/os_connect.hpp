// Connecting: look the host up, try its addresses, give up at the deadline.
//
// Rules
//  OC1 A name has the whole time to be looked up in, and its addresses the whole time to connect in: a slow server of names costs no connection.
//  OC2 The next address is tried when one has failed, or has said nothing for `stagger`; the first that connects wins, and the others are given up.
//      So one address behind which nobody answers costs a quarter of a second (RFC 8305).
#pragma once

#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// How long an address is waited for alone.
inline constexpr duration stagger = milliseconds{250};

/// Connects to `to` within `timeout`, twice that with a name (OC1); `done` runs exactly once, inside the driver, or is destroyed with it
/// (O3). A refused connect is `errc::unreachable` with exactly the text "connection refused", so that a
/// caller can tell "nobody listens there" from a cut network (rule R5). Thread-safe; never blocks and never
/// calls `done` itself. Names are looked up by os_lookup.hpp.
void start_connect(io_driver& driver, const port::endpoint& to, duration timeout, port::connect_handler done);

}  // namespace troupe::os
