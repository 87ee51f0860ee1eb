// What the operating system reports, as an `error`: the one table from errno to errc.
#pragma once

#include <string_view>
#include <troupe/base/error.hpp>

namespace troupe::os {

/// The error for errno `number` of `operation` on `subject`, for example "open /data/x: No such file or
/// directory". No room (ENOSPC, EDQUOT) is `disk_full`, ENOENT `not_found`, EEXIST `already_exists`, EAGAIN
/// `would_block`, all else `io`. Thread-safe.
error errno_error(int number, std::string_view operation, std::string_view subject);

/// As above with a code of the caller's choice, where a port promises a special one.
error errno_error(errc code, int number, std::string_view operation, std::string_view subject);

/// Whether `number` says that a limit on descriptors or memory is reached, so that trying later may work.
bool is_exhaustion(int number) noexcept;

}  // namespace troupe::os
