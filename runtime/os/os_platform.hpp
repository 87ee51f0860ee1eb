// The production platform: every port on Linux and one io_context. This is the header that most others
// include.
#pragma once

#include <memory>
#include <troupe/port/platform.hpp>

namespace troupe {

/// Makes a complete set of production ports, and raises the process's limit on open files to what it may be. Several may exist in one process; they share nothing but the
/// process's signals. Throws `failed` with `errc::io` when the operating system has no file descriptors left
/// for it. Destroy it after its streams, acceptors and child processes (rules O3 and O4 in os_driver.hpp). `spins`: whether who waits for sockets may spin
/// first (O9).
std::unique_ptr<port::platform> make_os_platform(bool spins = true);

}  // namespace troupe
