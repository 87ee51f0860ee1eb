// The feed: answers quotes from a connection that may end at any time. It knows nothing of waits and tries: it connects when it starts, fails
// when the connection ends, and leaves the rest to its supervisor.
#pragma once

#include <deque>
#include <troupe/io/connection.hpp>

#include "messages.hpp"

namespace market {

/// The connection: its child, gone when it restarts.
class wire : public troupe::io::connection<quote> {
 public:
  using connection::connection;

  troupe::promise<int> on(const quote& m);
  void on_bytes(std::string_view bytes) override;
  void on_closed(const troupe::error& why) override;

 private:
  std::deque<troupe::promise<int>> owed_;
  std::string line_;
};

class feed : public troupe::actor<quote> {
 public:
  feed(troupe::port::endpoint server, troupe::ref<happened> to)
      : server_(std::move(server)), to_(std::move(to)) {}

  /// Messages wait until it has ended, so nobody asks before there is a connection.
  troupe::task<void> on_start();
  troupe::delegated<int> on(const quote&) { return forward<quote>(wire_); }
  void on_terminated(const troupe::terminated& news) override;

 private:
  const troupe::port::endpoint server_;
  const troupe::ref<happened> to_;
  troupe::ref<quote> wire_;
};

}  // namespace market
