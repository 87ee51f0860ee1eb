// Files on Linux.
//
// Rules
//  F1 A read or write that the kernel cuts short or a signal interrupts is continued; only the end of the
//     file makes a read short.
//  F2 A `sync` that failed once fails for good, with its first error: the kernel may have dropped the
//     unwritten pages and would report success the next time, although they are lost. Close the file and
//     recover from what is there.
//  F3 The lock belongs to the open file, not to the process: a second `open` of the same path in this process
//     is refused it too, and closing another one never gives it back (fcntl(2), open file description locks).
//     It excludes programs that use classic fcntl locks. A file that is open for reading only can't be
//     locked.
//  F4 New files get mode 0644, new directories 0777, both less the umask. Nothing is inherited by child
//     processes.
#pragma once

#include <memory>
#include <troupe/port/files.hpp>

namespace troupe::os {

/// The file system of the operating system. Thread-safe; a file is used by one thread at a time. Every call
/// may block on the disk. Errors name the operation and the path.
std::unique_ptr<port::files> make_files();

}  // namespace troupe::os
