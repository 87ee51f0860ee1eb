// What one run of a peer has of this node in one of its epochs, over all its connections: how far it has come (R4), and which actors here it
// watches (R3).
//
// Rules
//  FS1 It lasts from the first hello of that epoch until the peer is declared down, begins a new epoch, or is replaced. One connection
//      at a time works on it, on one thread at a time; who comes next waits until the one before is done (session_table.hpp).
//  FS2 A watch is over when its obituary is handed to the link, when it is taken back, or when the session ends: whoever takes it out of
//      `watches_` does what is to be done. Nothing is sent under the lock.
//  FS4 Whom the peer may not reach it can't watch: it hears of an end at once, `gone` and `not_permitted`, whether he is there or not (PG2).
//  FS3 A peer has at most `watches_max` watches here (R8); it hears at once of one that is too many. A watch with the number of one that there is
//      already is none: the connection ends, as it does for a request (inbound.hpp, IN8). Else actors here would keep watchers that nobody counts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <troupe/cell/environment.hpp>
#include <troupe/delivery/incoming.hpp>
#include <troupe/node/peer_link.hpp>

namespace troupe::detail {

/// See above. Thread-safe.
class far_session : public std::enable_shared_from_this<far_session> {
 public:
  /// `back` leads to the peer, null: nobody can tell it anything; `gate` is what it may do; `watches_max`: FS3.
  far_session(environment& env, peer_link_ptr back, const peer_run& of, peer_gate_ptr gate,
              std::size_t watches_max)
      : env_(&env),
        back_(std::move(back)),
        of_(of),
        gate_(std::move(gate)),
        watches_max_(watches_max),
        incoming_(of.epoch) {}

  /// What the peer may do here. Never changes.
  const peer_gate& gate() const noexcept { return *gate_; }
  /// The same, for who needs it longer.
  const peer_gate_ptr& shared_gate() const noexcept { return gate_; }

  /// A system frame of that number has come (DL5).
  arrival system_frame(std::uint64_t number);
  /// So many tells and asks have come.
  void messages(std::uint64_t count);
  /// What has come.
  incoming counts() const;

  /// The peer watches the actor at `path`, which is as in frames. False: it has a watch of that number (FS3).
  bool watch(std::uint64_t id, std::string_view path);
  /// It does not any more.
  void unwatch(std::uint64_t id);
  /// An actor of the peer has ended that is watched from here.
  void bury(std::uint64_t id, exit_reason why) const;
  /// The actor of that watch has ended.
  void ended(std::uint64_t id, const exit_reason& why);
  /// What the peer has to say of links between its actors and those here: `what(link back, run)`. Nothing is done where the peer can't be
  /// told of ends here.
  template <class F>
  void of_links(F what) const {
    if (back_) what(*back_, of_);
  }
  /// The session is over (FS1): nobody here is watched by it any more, or linked to its actors.
  void end();

 private:
  struct one_watch {
    address_ptr subject;
    address_ptr watcher;
  };

  static void take_back(const one_watch& w);

  boost::intrusive_ptr<environment> env_;
  const peer_link_ptr back_;
  const peer_run of_;
  const peer_gate_ptr gate_;
  const std::size_t watches_max_;

  mutable std::mutex mutex_;
  incoming incoming_;
  std::map<std::uint64_t, one_watch> watches_;
  bool over_ = false;
};

using far_session_ptr = std::shared_ptr<far_session>;

}  // namespace troupe::detail
