// Finds cycles of asks that go through several nodes (M7): the walk that begins where one of cycle_probe.hpp comes to an ask that went to
// another node. What that one has passed before is in the cycle too, if there is one, and is passed again.
//
// From there on a wait is known by what can be said of it elsewhere: the run of its node, its cell's number, its own number in that cell
// (handler_wait.hpp). The list of those that were passed travels along, whichever nodes the walk goes through, also back at home.
//
// Rules
//  FP1 A walk that looks for a cycle adds each wait that it passes. When it comes to its first one again the list is the cycle; when it
//      comes to another one, it came from outside, and ends: whoever closed the cycle looks for it too (CY3).
//  FP2 A slot on another node can't be looked at when the walk is home. So it goes round once more: where each wait still has the number that
//      it had, all of them lasted from the first visit to the second, and together at the moment when the walk was home first. A wait that
//      has ended, whatever its end was, has none or another one, and the walk ends there. That takes the place of CY4.
//  FP3 From the second time on that it has passed all it fails the ask that it finds itself at, if that is the one of CY5: the same
//      whichever walk finds the cycle, on the node of its asker. Numbers of cells are compared for it, then names of nodes. Whoever has the
//      request hears of it as of an asker who gives up, and does not run it.
//  FP4 A walk does not follow a request that has not left its node: what keeps it waiting elsewhere comes later than all that the walk has
//      seen, and starts one of its own. So an ask to another node that is awaited at once, as most are, starts none.
//  FP5 A walk that meets a limit, a node that does not know it or a connection that is full ends, and the asks end with their deadlines;
//      one that a cut ends is no loss, since the cut fails the ask that it followed (M5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <troupe/cell/handler_wait.hpp>
#include <troupe/cell/signal.hpp>
#include <troupe/engine/recipient.hpp>
#include <vector>

namespace troupe {

/// A wait of a handler, as other nodes know it. A value.
struct far_wait {
  std::uint64_t run = 0;     ///< of its node (`names::incarnation`)
  std::uint64_t actor = 0;   ///< the number of its cell there
  std::uint64_t number = 0;  ///< its number in the cell
  std::string node = {};     ///< the node's name; empty as long as the list has not left it
  std::string path = {};     ///< the actor that waits
  std::string message =
      {};                  ///< the type of the request that it waits for; empty until its holder has said so
  bool unbegun = false;    ///< the request has not been begun with
  std::uint64_t seal = 0;  ///< by which its node knows it as its own

  /// The wait of a handler of `at`. In its turn.
  static far_wait of(cell& at, const handler_wait& wait);
  /// Whether both are one wait.
  bool is(const far_wait& other) const noexcept {
    return run == other.run && actor == other.actor && number == other.number;
  }
};

/// What travels.
struct far_path {
  static constexpr std::size_t waits_max = 64;  ///< a longer cycle ends with its deadlines (FP5, R8)
  static constexpr std::size_t hops_max =
      4 * waits_max;  ///< a request that was handed on is a hop, and no wait

  std::vector<far_wait> waits = {};  ///< in the order in which one waits for the other
  std::size_t passed =
      0;                 ///< how many it has passed since it knows that they are a cycle; 0: it looks for one
  std::size_t hops = 0;  ///< how often it went to another node

  /// The wait whose request it follows. REQUIRES: there are waits.
  far_wait& last() noexcept { return passed == 0 ? waits.back() : waits[(passed - 1) % waits.size()]; }
};

/// Who has a request that went to another node. All functions are thread-safe.
class far_holder : public engine::recipient {
 public:
  /// Whether the request has left this node (FP4).
  virtual bool has_left() const noexcept = 0;
  /// Has the walk go on where the request is, if that can be (FP5).
  virtual void follow(far_path path) noexcept = 0;

  bool is_cell() const noexcept final { return false; }

 protected:
  ~far_holder() = default;
};

/// A walk at one of its stations here. It is made anew for each.
class far_probe final : public signal {
 public:
  /// Begins with the wait of a handler of `at`, whose request `holder` has; does nothing where that is none of a far_holder's. In the
  /// turn of `at`.
  static void start(cell& at, const handler_wait& wait, engine::recipient& holder);
  /// Goes on with who has `request`, whose asker waits with `path.last()`. The reference to him is given away; null: nobody.
  static void go_to(engine::recipient* holder, const engine::reply_slot_ptr& request, far_path path);

  void deliver(cell& at) override;

 private:
  far_probe(engine::reply_slot_ptr request, far_path path) noexcept
      : request_(std::move(request)), path_(std::move(path)) {}

  bool passes(const far_wait& here);
  void fail(cell& at, awaited_slot& slot) const;
  std::string text(std::size_t first) const;

  const engine::reply_slot_ptr request_;
  far_path path_;
};

}  // namespace troupe
