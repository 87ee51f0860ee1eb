// What a supervisor has decided lately, and what came of it: for the view of the tree, and for whoever asks it (messages.hpp). The events
// of the same decisions go to the log, to metrics and to subscribers; here the last few stay beside the actor they are about.
//
// Rules
//  DC1 The last `kept_max` are kept, the newest last; a text in them is cut at `text_max` bytes, a list of names at `names_max`. So a
//      supervisor that decides for ever takes no more than one that has decided a few times, and one that never has takes nothing.
//  DC2 They stay with the supervisor's cell, so what it had decided before it was restarted itself is there too.
//  DC3 A decision is under way until all that it takes down and brings up again is up, or has ended: then it says how long that was.
//  DC4 Written by the supervisor in its turns, read on any thread.
//  DC5 What took down more than one child is an event when it is over, `decision_done`, with the names.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/cell/extras_slot.hpp>
#include <troupe/tree/decision.hpp>
#include <utility>
#include <vector>

namespace troupe {

/// See above (DC1-DC5).
class decision_log final : public body_display {
 public:
  static constexpr std::size_t kept_max = 8;
  static constexpr std::size_t text_max = 240;
  static constexpr std::size_t names_max = 12;

  // ---- in the supervisor's turn
  /// Whose decision it is: the place of a child, or the group's, which all children have a part in.
  using part = const void*;
  static constexpr part group = nullptr;

  /// One more, taken at `now`. One that is under way until then for the same child is over.
  void add(decision d, part whose, time_point now);
  /// A child has gone down.
  void went_down(part whose, const std::string& who);
  /// A child is up.
  void came_up(part whose, const std::string& who, time_point now);
  /// A child does not come back, and its place may be another's.
  void ended(part whose, time_point now);
  /// The group is up.
  void settled(time_point now);
  /// What has been carried out since this was last asked, and was about more than one child: of one alone `actor_restarted` tells.
  std::vector<decision> take_done() { return std::exchange(done_, {}); }
  /// Nothing of what is under way is gone on with.
  void abandon(time_point now);
  /// Whether any is under way. Cheap.
  bool is_any_open() const noexcept { return open_ != 0; }

  // ---- on any thread
  /// All that are kept, the oldest first, as of `now`.
  std::vector<decision> all(time_point now) const;

 private:
  struct kept {
    decision what;
    time_point at;
    part whose;
  };
  kept* open_of(part whose) noexcept;
  void close(kept& one, time_point now);

  mutable std::mutex mutex_;
  std::deque<kept> all_;        // guarded by mutex_, for writing
  std::uint64_t count_ = 0;     // of all there were
  std::size_t open_ = 0;        // of those that are kept
  std::vector<decision> done_;  // carried out and not told of yet; in the supervisor's turns
};

}  // namespace troupe
