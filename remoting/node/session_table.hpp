// Which runs of which peers are connected to this node, and by which connection.
//
// Rules
//  ST1 A run has one session and one connection. A connection that comes while another is open takes its place: the peer has given that
//      one up. It is admitted when nothing of the other is being handled any more, so what it says of how far it has come is so, and
//      messages keep their order (M3).
//  ST2 Of a peer at most `runs_max` runs are remembered; what is too much goes, the oldest first. Of one that this node can't dial nothing
//      is remembered when its connection ends.
//  ST3 When a peer is declared down, its connection is cut and what is being handled of it is done before anybody is told (M9).
//  ST4 So is every run of it where this side has declared it down (link_state.hpp, K10): one that the link has not met yet is none the less of
//      an epoch that is over, and can be told of no ends any more. Its goodbye says why.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <troupe/node/far_session.hpp>
#include <troupe/node/inbound.hpp>

namespace troupe::detail {

/// See above. Thread-safe.
class session_table {
 public:
  /// Runs of one peer that are remembered (ST2).
  static constexpr std::size_t runs_max = 4;

  explicit session_table(environment& env) : env_(&env) {}

  /// Has `connection`, which brought `theirs`, admitted or turned away (ST1). `back` leads to the peer, null where it can't be dialled;
  /// `epoch` is that of this side, `gate` what the peer may do here.
  void admit(inbound& connection, const wire::hello& theirs, peer_link_ptr back, std::uint64_t epoch,
             peer_gate_ptr gate);

  /// That connection is over. Returns whether it was the peer's last.
  bool forget(const std::string& peer, const inbound& connection);

  /// That run of that peer is declared down; calls `then` when nothing of it is being handled (ST3).
  void declared_down(const std::string& peer, const peer_run& who, std::function<void()> then);

  /// That peer is declared down, for that reason; calls `then` when nothing of any of its runs is being handled (ST4).
  void all_declared_down(const std::string& peer, const std::string& reason, std::function<void()> then);

  /// Ends all. No connection works any more.
  void end_all();

 private:
  struct run {
    std::uint64_t incarnation;
    bool lasts;  // beyond its connection (ST2)
    far_session_ptr session;
    inbound_ptr connection;  // null between two
  };

  boost::intrusive_ptr<environment> env_;
  std::mutex mutex_;
  std::map<std::string, std::deque<run>> peers_;  // their runs, oldest first
};

}  // namespace troupe::detail
