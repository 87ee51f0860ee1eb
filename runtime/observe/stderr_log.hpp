// The log a person reads: one line an entry on standard error, through spdlog.
#pragma once

#include <string>
#include <troupe/observe/hub.hpp>

namespace troupe {

/// A sink that writes `12:00:01.123 n1 warning /user/kv/shard-7: ...`. `name` says who is talking (a node's
/// or program's name; may be empty). Thread-safe.
hub::log_sink stderr_log(std::string name);

}  // namespace troupe
