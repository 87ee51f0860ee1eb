// Which runs of which peers are connected to this node, and by which connection.
//
// Rules
//  ST1 A run has one session and one connection. A connection that comes while another is there takes its place: the peer has given that
//      one up. It is admitted when nothing of the other is being handled any more, so what it says of how far it has come is so, and
//      messages keep their order (M3). Until then it waits; of several that come meanwhile the last waits, and the others are cut.
//  ST2 Of a peer at most `runs_max` runs are remembered; what is too much goes, the oldest first. Of one that this node can't dial nothing
//      is remembered when its connection ends.
//  ST3 When a peer is declared down, its connections are cut and what is being handled of it is done before anybody is told (M9), and who is to
//      be told has been before another connection is admitted (R5).
//  ST4 A connection that was given up is its run's until it says that it is over (inbound.hpp, IN18). So what is to be done when nothing is
//      handled any more waits for that alone, in the order in which it came up, whatever else comes or goes meanwhile.
//  ST5 At most `inbound_max` runs have a connection (R8); one more is turned away and told the setting. One that takes another's place is not
//      one more.
//  ST6 Where this side has declared a peer down (link_state.hpp, K10), ST3 goes for every run of it: one that the link has not met yet is none the less
//      of an epoch that is over, and can be told of no ends any more. Its goodbye says why.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <troupe/node/far_session.hpp>
#include <troupe/node/inbound.hpp>
#include <vector>

namespace troupe::detail {

/// See above. Thread-safe.
class session_table {
 public:
  /// Runs of one peer that are remembered (ST2).
  static constexpr std::size_t runs_max = 4;

  /// `options` must outlive it.
  session_table(environment& env, const node_options& options) : env_(&env), options_(options) {}

  /// Has `connection`, which brought `theirs`, admitted or turned away (ST1). `back` leads to the peer, null where it can't be dialled;
  /// `epoch` is that of this side, `gate` what the peer may do here.
  void admit(inbound& connection, const wire::hello& theirs, peer_link_ptr back, std::uint64_t epoch,
             peer_gate_ptr gate);

  /// That connection is over, and nothing of it is being handled. Returns whether it was the peer's last.
  bool forget(const std::string& peer, const inbound& connection);

  /// That run of that peer is declared down; calls `then` when nothing of it is being handled (ST3).
  void declared_down(const std::string& peer, const peer_run& who, std::function<void()> then);

  /// That peer is declared down, for that reason; calls `then` when nothing of any of its runs is being handled (ST6).
  void all_declared_down(const std::string& peer, const std::string& reason, std::function<void()> then);

  /// Ends all. No connection works any more.
  void end_all();

 private:
  struct run {
    std::uint64_t incarnation = 0;
    bool lasts = false;  // beyond its connection (ST2)
    far_session_ptr session = {};
    inbound_ptr connection = {};  // the one that was admitted last, until it is over (ST4)
    inbound_ptr next = {};        // waits for that
    std::uint64_t next_epoch = 0;
    std::vector<std::function<void()>> first = {};  // to be done before `next` is admitted
    bool goes_on = false;                           // a thread is doing that
    bool is_out = false;                            // of the table
  };
  using run_ptr = std::shared_ptr<run>;
  /// What is left of a run that is out of the table.
  struct past {
    inbound_ptr connection, next;
    std::function<void()> end;  // to be done when nothing of it is handled any more
  };

  bool is_full(const run& for_whom) const;
  void go_on(const std::string& peer, const run_ptr& r);
  void take_out(const std::string& peer, const run_ptr& r);
  static past past_of(run& r);

  boost::intrusive_ptr<environment> env_;
  const node_options& options_;
  std::mutex mutex_;
  std::map<std::string, std::deque<run_ptr>>
      peers_;  // their runs, oldest first; what they are is guarded by mutex_
};

}  // namespace troupe::detail
