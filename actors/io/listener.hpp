// An actor that accepts connections.
//
// Rules
//  IO1 It listens once it has started: a port that is taken is a failed start with a readable line.
//  IO2 One accept is outstanding. When the process is out of file descriptors it waits `retry_delay` and tries
//      again; clients wait in the kernel's backlog meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <troupe/actor/actor.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::io {

/// Called for each accepted connection, in the listener's turn.
using accept_function = std::function<void(std::unique_ptr<port::stream>)>;

/// Accepts connections at an address and hands them on (IO1, IO2).
class listener : public actor<> {
 public:
  /// Listens at `at`; port 0 takes a free one.
  listener(port::endpoint at, accept_function on_accept)
      : at_(std::move(at)), on_accept_(std::move(on_accept)) {}

  void on_start() override;
  void on_stop() override;

 private:
  static constexpr duration retry_delay = milliseconds{100};

  void accept_next();
  void accepted(result<std::unique_ptr<port::stream>> what);

  port::endpoint at_;
  accept_function on_accept_;
  std::unique_ptr<port::acceptor> acceptor_;
};

}  // namespace troupe::io
