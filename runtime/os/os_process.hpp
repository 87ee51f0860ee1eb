// Child processes by posix_spawn and pidfd.
//
// Rules
//  C1 A child inherits standard input, output and error and no other descriptor, an empty signal mask, and
//     the default reaction to SIGPIPE. It stays in our process group, so a terminal's Ctrl-C reaches it too.
//  C2 A child is signalled and awaited through its pidfd: a process id that the kernel has given to somebody
//     else is never hit.
//  C3 Destroying a child_process kills it (SIGKILL) and waits until the kernel has ended it.
#pragma once

#include <memory>
#include <troupe/port/process.hpp>

namespace troupe::os {

/// Processes of the operating system. Thread-safe. `start` reports `errc::not_found` for a program that does
/// not exist and `errc::overloaded` when a limit on processes, memory or descriptors is reached.
/// `child_process::signal` reports `errc::not_found` once the child has ended and was waited for; `wait` may
/// be called again and by several threads, and answers code -1 when somebody else took the child's status (a
/// program that ignores SIGCHLD).
std::unique_ptr<port::process> make_process();

}  // namespace troupe::os
