// The command line of kv_verify. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>
#include <vector>

namespace kv::verify {

/// Where a node listens.
struct address {
  std::string host;        ///< a name or an IPv4 address
  std::uint16_t port = 0;  ///< not 0

  friend bool operator==(const address&, const address&) = default;
};

/// What the command line asks for.
struct options {
  std::vector<address> nodes;                          ///< at least one
  troupe::duration load = std::chrono::seconds{10};    ///< how long to write; 0 until a signal comes
  std::size_t clients = 4;                             ///< threads, each with a connection to every node
  std::size_t keys = 300;                              ///< over all clients, at least three for each
  std::string journal;                                 ///< file of acknowledged writes; empty for none
  troupe::duration settle = std::chrono::seconds{30};  ///< how long the last reading may take
  troupe::duration timeout = std::chrono::seconds{5};  ///< how long a request may take
  std::uint64_t seed = 0;                              ///< of all choices; 0 for one of its own
  bool help = false;                                   ///< print `usage` and stop
};

/// What `--help` prints.
std::string_view usage() noexcept;

/// Reads the arguments behind the program's name. An error of code `invalid` names the argument and what is
/// allowed.
troupe::result<options> parse_options(std::span<const std::string_view> arguments);

}  // namespace kv::verify
