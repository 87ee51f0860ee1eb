// An actor that accepts connections.
//
// Rules
//  IO1 It listens once it has started: a port that is taken is a failed start with a readable line. With a
//      `held_port` it listens before: clients that come meanwhile wait in the kernel's backlog.
//  IO2 One accept is outstanding. When the process is out of file descriptors it waits `retry_delay` and tries
//      again; clients wait in the kernel's backlog meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <troupe/actor/actor.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::io {

/// Called for each accepted connection, in the listener's turn.
using accept_function = std::function<void(std::unique_ptr<port::stream>)>;

/// A port that is listened at before there is an actor to accept: whoever starts many parts first takes the port, so
/// that a port that is taken is told before anything else has been done. A value that shares its socket; thread-safe.
class held_port {
 public:
  /// Listens at `at`. Throws `failed` with one readable line, `already_exists` when the port is taken.
  held_port(environment& env, port::endpoint at);

  /// The address; port 0 is the real one here.
  const port::endpoint& at() const noexcept { return at_; }
  /// The socket; null when it was taken before, since a restarted listener listens anew.
  std::unique_ptr<port::acceptor> take() const noexcept;

 private:
  struct place;
  port::endpoint at_;
  std::shared_ptr<place> place_;
};

/// Accepts connections at an address and hands them on (IO1, IO2).
class listener : public actor<> {
 public:
  /// Listens at `at`; port 0 takes a free one.
  listener(port::endpoint at, accept_function on_accept)
      : at_(std::move(at)), on_accept_(std::move(on_accept)) {}

  /// Goes on with a port that is held already.
  listener(held_port port, accept_function on_accept)
      : at_(port.at()), port_(std::move(port)), on_accept_(std::move(on_accept)) {}

  /// Begins to listen.
  void on_start();
  void on_stop() override;

 private:
  static constexpr duration retry_delay = milliseconds{100};

  void accept_next();
  void accepted(result<std::unique_ptr<port::stream>> what);

  port::endpoint at_;
  std::optional<held_port> port_;
  accept_function on_accept_;
  std::unique_ptr<port::acceptor> acceptor_;
};

}  // namespace troupe::io
