// Unix domain stream sockets: nodes on one machine without a port, where the kernel says which user is at the other end.
//
// Rules
//  UX1 A listener holds a lock on a file beside its socket, `PATH.lock`, for as long as it listens. Who gets the lock knows that no
//      listener of ours is behind a socket that is there already: it is left over, and is replaced. One that answers although its lock is
//      free is another program's, and is left alone. The lock's file stays: taking it away would let two hold it.
//  UX2 A socket is made for its own user (mode 0600), from its first moment; `admit_other_users` opens it to all, and its owner looks at
//      each one's proof. The folder's rights count as well.
//  UX3 A listener that goes takes its socket with it, unless another has taken the place meanwhile.
//  UX4 Each stream has a proof: the user that the kernel noted when the other side connected, or listened.
#pragma once

#include <memory>
#include <troupe/os/os_driver.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::os {

/// Listens at `at.path`. `errc::already_exists` when another listens there, or when something else is there; `errc::invalid` when the path
/// is too long for a socket. Thread-safe.
result<std::unique_ptr<port::acceptor>> make_unix_acceptor(io_driver& driver, const port::endpoint& at);

/// Connects to `to.path`, which the kernel does at once or not at all; `done` runs once, inside the driver, or is destroyed with it (O3).
/// Where nobody listens the text ends with "connection refused" (R5). Thread-safe.
void connect_unix(io_driver& driver, const port::endpoint& to, port::connect_handler done);

}  // namespace troupe::os
