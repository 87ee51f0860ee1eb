// What a cell runs: the object that a restart throws away and makes anew. `actors/actor` derives the user's
// actors from it, `supervision/tree` the supervisors.
//
// Rules
//  BO1 Every function is called in the cell's turn: one thread at a time, each call sees what the calls before
//      it did.
//  BO2 What `receive` throws is the actor's failure and goes to its parent. So is what `turn_end` throws.
//  BO3 Order (L2): constructed, `start_body`, `receive`..., `stop_body`, destroyed. `stop_body` is called if and only if
//      `start_body` was successful.
//  BO4 A user's class sees these names, and each hides a message type of the same name: what a protocol may well have (`start`,
//      `stop`, `describe`) is none of them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/directive.hpp>
#include <troupe/base/exit.hpp>
#include <troupe/cell/delivery.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/engine/envelope.hpp>
#include <vector>

namespace troupe {

struct event;
struct message_priorities;

/// What went wrong in a child, for its parent.
struct failure {
  error why;                    ///< the exception, with the child's path
  std::string message;          ///< type name of the message it was handling; empty while starting
  bool while_starting = false;  ///< a constructor, factory or `on_start` failed
  bool counts = true;        ///< false for one of so many retries of the same message (S7: they count once)
  std::string content = {};  ///< what was in that message, as text; empty: not shown
  std::string sender = {};   ///< who had sent it; empty: no actor
  std::string trace = {};    ///< the trace it belonged to; empty: none
  bool ended = false;        ///< it has ended by itself, which is no failure, and is to come back (S2)
  bool ignored = false;      ///< it threw `start_ignored`: no failure, it does not want to be
  std::optional<directive> wanted = {};  ///< what the child's rules say of its exception (failure_rules.hpp)

  /// The event that tells of it, with what was decided about `child`.
  event as_event(const cell& child, std::string action) const;
};

/// How a cell's children are stopped.
enum class stop_order : std::uint8_t {
  one_by_one,  ///< last started first, each with its own time (S5)
  together,    ///< all at once under one timer (S5, dynamic)
};

/// What a body hands on to the one that a restart puts in its place.
struct carried_state {
  virtual ~carried_state() = default;
};

/// What a body says of itself to somebody who asks (actors/sys).
struct body_description {
  std::string state;                   ///< its state as JSON; empty: its class does not say
  std::size_t waiting_handlers = 0;    ///< handlers and other coroutines that are suspended
  std::vector<std::string> waits_for;  ///< what for, a line each, as far as it is known
  std::size_t stashed = 0;             ///< messages it has put aside
};

/// The behaviour inside a cell.
class body {
 public:
  virtual ~body() = default;

  /// Runs `on_start`. True: started. False: not yet; `cell::start_finished` follows.
  virtual bool start_body() { return true; }

  /// Handles one message. May keep it; else the cell destroys it.
  virtual void receive(delivery& d) = 0;

  /// The cell is about to give its worker up after running something. Only where the class wants it.
  virtual void turn_end() {}

  /// The body failed: gives back the messages it took over in this turn and has not finished, oldest first.
  virtual void give_back(std::deque<engine::envelope_ptr>&) {}

  /// The cell is going to restart or stop: suspended handlers are destroyed, newest first (L6).
  virtual void end_tasks() noexcept {}

  /// Nobody waits for the answer to `request` any more: a handler that is suspended over it may end.
  virtual void asker_gave_up(const engine::reply_slot& /*request*/) noexcept {}

  /// The children are gone, and the body is to go too (L3, S6). False: what it runs elsewhere has to end first; it sees to that, and
  /// `cell::let_go_finished` follows. Asked again then.
  virtual bool let_go() { return true; }

  /// Runs `on_stop`.
  virtual void stop_body() {}

  /// A restart is about to end it: what the next one gets. Null, the default: it begins anew.
  virtual std::unique_ptr<carried_state> carry_body_state() { return {}; }

  /// What the one before has left, before `start_body`. What it throws is a failed start.
  virtual void take_body_state(carried_state&) {}

  /// A child failed and waits, suspended, for a verdict (S11). The default stops it.
  virtual void child_failed(cell& child, const failure& why);

  /// A child has started for the first time, or again after a failure.
  virtual void child_started(cell&, bool /*again*/) {}

  /// A child that was told to (`cell::request_hold`) has gone down and waits to be made anew.
  virtual void child_held(cell&) {}

  /// A child is gone for good.
  virtual void child_stopped(cell&, const exit_reason&) {}

  /// Whether it makes sense to pause it: whether it lives on messages and timers.
  virtual bool can_pause() const noexcept { return false; }

  /// Says what there is to say of it. May throw what its class throws.
  virtual void describe_body(body_description&) const {}

  /// How its children are to be stopped when the cell stops or restarts.
  virtual stop_order children_stop_order() const noexcept { return stop_order::one_by_one; }
};

/// The class of an actor, as data: its name and the messages it understands. Constant-initialised.
struct actor_class {
  std::string_view name;
  const message_type* const* accepts = nullptr;
  std::size_t accepts_count = 0;
  bool wants_turn_end = true;  ///< whether `body::turn_end` does anything
  std::size_t stash_max = 0;   ///< how many messages it may put aside
  bool wants_link_ends =
      false;  ///< whether it looks at the ends of those it is linked to itself; else it ends with them
  bool keeps_children = false;  ///< whether its children live on while it is made anew (S6)
  /// Which messages go before others in a prioritized mailbox; null: it says nothing of that.
  const message_priorities* priorities = nullptr;

  /// The accepted type with that wire hash, null if there is none.
  const message_type* find(std::uint64_t hash) const noexcept {
    for (std::size_t i = 0; i < accepts_count; ++i)
      if (accepts[i]->hash == hash) return accepts[i];
    return nullptr;
  }
};

}  // namespace troupe
