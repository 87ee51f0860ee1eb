// Finds a cycle of asks by edge chasing (M7): a signal that goes from a handler that waits to whoever keeps it waiting, and on from
// there, until somebody does not wait, or it comes to a wait that it has passed.
//
// A suspended handler waits for one slot, and a request is in one place: with a handler that works on it, or at an actor where it
// waits for the handler that is suspended there. So from each wait there is one way on, the actors need no lock and no common
// graph, and whoever is in a cycle finds it by going once round.
//
// Rules
//  CY1 An edge is followed where both ends are known in a cell's own turn: the handler's slot by the cell of the handler, and where
//      the request is by the word its holder has left in the slot (left_word.hpp). A request that nobody has left word in (it is on
//      its way or run right now, somebody promised to answer it, it went to several at once, to a plain CAF actor) is no edge. Where it
//      went to another node another walk begins, over nodes (far_probe.hpp).
//  CY2 A probe starts whenever an edge may have closed a cycle: where a cell finds an ask that has come to wait behind its suspended
//      handler, and where a handler begins to wait for a slot that has word already: an offer (M8), an ask of long before. An ask
//      that has just gone to an actor which is not suspended starts none.
//  CY3 Every cycle is found. The edge that came last starts a probe, and finds the others: each was there before it in the order of
//      its cell's turns, or of the words (LW4).
//  CY4 Nothing else is found. At the end all slots of the cycle are unsettled: each wait that the probe has passed lasts until its
//      slot is settled, so at that moment they all last. A probe that comes late, after a time-out, a restart, a stop, or another
//      probe, finds a settled slot and ends. Slots are kept by the probe, so none is taken for another.
//  CY5 One ask of a cycle fails, the same whichever probe finds it: of those that wait to be run, whose handler has not begun, that of
//      the asker created last. Two probes that come home settle one slot (RS1), and whoever settles it publishes the event.
//  CY6 Whoever walks into a cycle from outside is not in it, and does not fail. His probe goes round in it until it meets the slot
//      that failed: it can't overtake the one that is to find the cycle, so that is less than once.
//
// Source: K. M. Chandy, J. Misra, L. M. Haas: Distributed Deadlock Detection, ACM TOCS 1 (2), 1983, the single-resource model; D. P.
// Mitchell, M. J. Merritt: A Distributed Algorithm for Deadlock Detection and Resolution, PODC 1984, for one victim a cycle.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/handler_wait.hpp>
#include <vector>

namespace troupe {

/// A probe under way. It is made anew for each step.
class cycle_probe final : public signal {
 public:
  /// Looks for a cycle through the wait `from` of `at`. In the turn of `at`.
  static void start(cell& at, const handler_wait& from);

  void deliver(cell& at) override;

 private:
  /// One edge: who waits, for what, and how the request is held by the next one.
  struct edge {
    cell_ptr who;
    boost::intrusive_ptr<awaited_slot> on;
    std::uint64_t number = 0;               ///< of the wait, in its cell
    const message_type* message = nullptr;  ///< of the request; null until the next one has said so
    bool waits = false;                     ///< the request has not been begun with
  };

  explicit cycle_probe(std::vector<edge> path) noexcept : path_(std::move(path)) {}

  void go_on(cell& at, const handler_wait& wait);
  void found() const;
  std::string text(std::size_t first) const;

  std::vector<edge> path_;  // the last one's request is what it asks about
};

}  // namespace troupe
