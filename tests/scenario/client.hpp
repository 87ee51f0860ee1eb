// A client of the Redis protocol that sees bytes: what it sends and what comes back is not interpreted beyond
// where a reply ends. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loopback.hpp"
#include "scenario/process.hpp"

namespace scenario {

using loopback::free_port;

/// The request as an array of bulk strings.
std::string request(const std::vector<std::string_view>& words);

/// A blocking connection to a port on 127.0.0.1. What does not happen within `patience`, and a connection that
/// ends early, is a `std::runtime_error`.
class client {
 public:
  /// Connects.
  explicit client(std::uint16_t port);
  ~client();
  client(client&& other) noexcept;
  client& operator=(client&&) = delete;

  /// Sends all of it.
  void send(std::string_view bytes);
  /// Sends what the socket takes; how much that was. Less than all: the other side has not read for `limit`.
  /// A connection that was closed takes no more either.
  std::size_t send_while_taken(std::string_view bytes, std::chrono::milliseconds limit);
  /// The next reply, all its bytes.
  std::string reply();
  /// Sends a command and returns its reply.
  std::string ask(const std::vector<std::string_view>& words);
  /// All that comes until the other side closes.
  std::string rest();
  /// Says that nothing more will be sent; replies still come.
  void end_sending() noexcept;
  /// Closes this side.
  void close() noexcept;

 private:
  bool receive_more();
  std::string_view line();

  int socket_ = -1;
  std::string here_;      // received
  std::size_t read_ = 0;  // how much of it has been returned or looked at
};

}  // namespace scenario
