// The peer: a price server on a port of 127.0.0.1, which an operator can switch off and on.
#pragma once

#include <troupe/io/connection.hpp>
#include <troupe/io/listener.hpp>

#include "messages.hpp"

namespace market {

/// One client: a symbol a line, a price a line.
class session : public troupe::io::connection<> {
 public:
  using connection::connection;
  void on_bytes(std::string_view bytes) override;

 private:
  std::string line_;
};

/// The server, as a tree of its own:
///
///     exchange       one_for_one
///       server       one_for_all
///         sessions   dynamic: a connection each
///         door       the listener
class server {
 public:
  /// Listens at a free port.
  explicit server(troupe::system& sys);

  /// Off: the port is closed, and so is every connection. On again: the same port. Both return when it is so.
  void off();
  void on();
  /// Where it is, or was.
  const troupe::port::endpoint& at() const noexcept { return port_.at(); }

 private:
  troupe::io::held_port port_;
  troupe::supervision tree_;
};

}  // namespace market
