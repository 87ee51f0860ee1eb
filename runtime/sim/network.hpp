// The network of a simulated world: listeners, connections, and what can go wrong between two hosts.
//
// Rules
//  NW1 Bytes of a connection arrive in their order, each piece after the latency of the way at that moment; pieces may be cut up
//      anywhere. Between connections, and between the two directions of one, there is no order.
//  NW2 A way that is cut keeps what was sent, as TCP's retransmission does, and delivers it when it heals; what has waited longer than
//      `given_up_after` breaks the connection at the sender. A connect over a cut way finds nobody until its time is out.
//  NW3 A host whose process has crashed resets its connections: the other side learns of it when something of this host can reach it. A
//      connect to a port where nobody listens is refused, after the way there and back.
//  NW4 A connection takes `window_bytes` each way that have not been read; then nothing fits (T4).
//  NW5 A callback is run as an event of its own host, never inside a call (T1), and not at all once the host's platform is another one.
//  NW6 A connection that one side has forgotten is broken for that side. The other one believes in it: what it writes goes unanswered, until
//      `answer_forgotten`, or until it gives up (NW2), and then finds a reset.
//  NW7 Bytes that a way is told to double or to cut off are doubled or missing in the middle of the stream, which goes on behind them. TCP
//      does not do that; a broken box on the way may.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <troupe/port/transport.hpp>
#include <utility>
#include <vector>

namespace troupe::sim {

class world;
struct host;

/// One direction between two hosts. A value that a fault changes.
struct way {
  duration latency_min = microseconds{50};  ///< of a piece of a stream
  duration latency_max = microseconds{500};
  bool cut = false;             ///< NW2
  unsigned duplicate_next = 0;  ///< so many of the next pieces arrive twice (NW7)
  unsigned truncate_next = 0;   ///< so many of the next pieces lose their end (NW7)
};

namespace detail {
struct link_end;
struct listening;
struct piece;
}  // namespace detail

/// All of it (NW1-NW7). On the simulation's thread.
class network {
 public:
  static constexpr std::size_t window_bytes = 256u << 10;  ///< NW4
  static constexpr duration given_up_after = seconds{60};  ///< NW2

  explicit network(world& in) noexcept : world_(in) {}

  /// What the port of a host offers.
  std::unique_ptr<port::transport> transport_of(host& on);

  /// The way from one host to another, by their names. Of a host to itself too.
  way& from_to(const std::string& from, const std::string& to) { return ways_[{from, to}]; }
  /// Cuts or heals the ways of two hosts in both directions.
  void partition(const std::string& a, const std::string& b, bool is_cut);
  /// Cuts or heals one way.
  void cut(const std::string& from, const std::string& to, bool is_cut);
  /// Both ends of each connection between them find it broken, at once.
  void reset(const std::string& a, const std::string& b);
  /// `forgets` has no connection with `believes` any more; `believes` does not know (NW6).
  void forget(const std::string& forgets, const std::string& believes);
  /// From now on what comes for a forgotten connection is answered with a reset.
  void answer_forgotten(const std::string& forgets, const std::string& believes);
  /// All that was open on a host is closed without a word by its process, whose end is known to the others by NW3.
  void crash(host& on);
  /// A way has changed: what it held may go on.
  void changed();

 private:
  class sim_transport;
  class sim_stream;
  class sim_acceptor;
  using end_ptr = std::shared_ptr<detail::link_end>;

  duration latency(const way& w);
  bool is_open(const std::string& from, const std::string& to);
  void connect(host& from, const port::endpoint& to, duration timeout, port::connect_handler done);
  void send(const end_ptr& from, const end_ptr& to, detail::piece p);
  void spoil(const end_ptr& from, const end_ptr& to, detail::piece& p);
  void deliver(const end_ptr& to);
  void give_up_later(const end_ptr& from, const end_ptr& to);
  void break_end(const end_ptr& end);
  void tell_readable(const end_ptr& end);
  void tell_writable(const end_ptr& end);
  void tell(const end_ptr& end, port::ready_handler ready);
  void hand_over(const std::shared_ptr<detail::listening>& at);

  world& world_;
  std::map<std::pair<std::string, std::string>, way> ways_;
  std::map<std::uint16_t, std::shared_ptr<detail::listening>>
      listening_;                                      // by port: hosts share the loopback's numbers
  std::vector<std::weak_ptr<detail::link_end>> ends_;  // in the order they were made
  std::uint64_t connections_ = 0;
  std::uint16_t next_port_ = 40'000;
};

}  // namespace troupe::sim
