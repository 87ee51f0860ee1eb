// A dispatcher as somebody configures it; dispatchers.hpp has the rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::engine {

/// What a dispatcher does with its threads.
enum class dispatcher_kind : std::uint8_t {
  pool,      ///< a fixed number of workers that steal from each other; handlers must not wait
  blocking,  ///< threads as they are needed, up to a number; handlers may wait
  pinned,    ///< one thread for all actors that are put on it
};

/// `pool`, `blocking`, `pinned`, as in a configuration.
std::string_view to_string(dispatcher_kind kind) noexcept;

/// A dispatcher that somebody configured.
struct dispatcher_spec {
  std::string name;                              ///< DI2
  dispatcher_kind kind = dispatcher_kind::pool;  ///< what it is
  unsigned threads =
      0;  ///< workers of a pool, 0: one for each core; most threads of a blocking one, 0: 64; else 0 or 1
};

}  // namespace troupe::engine
