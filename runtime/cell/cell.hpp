// A cell: one actor from spawn to final stop. It is a CAF actor (identity, handles, links, monitors) whose mailbox and scheduling are the engine's.
//
// Rules
//  C1 A cell is run by one thread at a time: the one that holds its schedule (inbox.hpp, IN3). Everything without an atomic or a lock
//     belongs to that thread.
//  C2 No message and no signal is overlooked (IN4). A cell that waits for its start, for a verdict or for a suspended handler sleeps
//     deafly: messages queue, signals wake it.
//  C3 A cell owns a reference to itself from spawn to the end of the turn in which it stopped, and is never scheduled after: scheduling counts none.
//  C4 Signals are looked at after an envelope is taken and before it is run (M9).
//  C5 A stopped cell touches only itself and its environment. What still arrives is refused on the sender's thread: a message becomes a
//     dead letter, a signal says what it does then.
//  C6 The table of children is locked only to look a name up or change the table, never while a body runs.
//  C7 A cell and its body are one block of memory, 280 bytes and the body, CAF's 184 among them; what few cells need is in a block of its
//     own (extras.hpp), what many have in common in one object (settings.hpp).
//  C8 The messages of a bounded mailbox are in its ring until their turn comes, one at a time (bounded_mailbox.hpp, BM5); what is put back
//     (S7) waits in the backlog, beyond the bound, and is run first.
//  C9 The messages of a prioritized mailbox are in the inbox like any others; in its turn the cell takes all that has come, before each
//     message, and runs the next one (priority_lanes.hpp). What is put back goes the same way (PR4).
//  C10 A cell may be ended from outside while it runs (kill.cpp, KI1-KI6). It says in `at_work_` which of its messages it looks at, so that
//     who ends it takes the others: written before it looks, and followed by a look at the signals.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/monitorable_actor.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <troupe/cell/address.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/cell/cell_status.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/extras_slot.hpp>
#include <troupe/cell/family.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/cell/handler_wait.hpp>
#include <troupe/cell/observation.hpp>
#include <troupe/cell/props.hpp>
#include <troupe/cell/running.hpp>
#include <troupe/cell/settings_table.hpp>
#include <troupe/cell/signal.hpp>
#include <troupe/cell/terminated.hpp>
#include <troupe/engine/envelope_list.hpp>
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/recipient.hpp>
#include <troupe/engine/system_lane.hpp>
#include <vector>

namespace troupe {

class offer_under_way;
class link_ended;
struct link_ids;
/// A shared offer (offers.hpp).
using offer_ptr = boost::intrusive_ptr<offer_under_way>;
struct bounded_part;
class prioritized_part;

/// One actor. Public functions are thread-safe unless they say "in its turn".
class cell final : public caf::monitorable_actor,
                   public engine::recipient,
                   public troupe::address,
                   public sibling {
 public:
  /// Makes a cell below `parent` (null only for the root) and lets it start. `errc::already_exists` when a sibling has that name,
  /// `errc::stopped` when the parent is stopping, `errc::invalid` for a name that is none.
  static result<cell_ptr> spawn(environment& env, cell_ptr parent, cell_props&& props);

  /// The cell whose turn this thread is running, null outside of a turn.
  static cell* current() noexcept { return detail::running.who.load(std::memory_order_relaxed); }

  // ---- address
  void post(engine::envelope_ptr e) noexcept override;
  /// As a handler's (outbox.hpp, OB1), for who hands on what others have sent: in a turn that sends what is kept when a handler does.
  void post_in_row(engine::envelope_ptr e) noexcept;
  /// The same for an envelope that its owner has let go of: what `send` does with most messages, and so a part of it (turn.cpp).
  void take(engine::envelope* e) noexcept;
  std::string path() const override;
  cell_ptr here() noexcept override { return this; }
  environment* home() const noexcept override { return &env(); }
  std::string token() override;
  void add_reference() noexcept override;
  void release_reference() noexcept override;

  // ---- asking it to do something
  /// Hands it a signal. The cell owns it from now on.
  void send(signal* s) noexcept;
  /// Runs `f(cell&)` in its turn, through the system lane. When it is gone, `gone(cell&)` instead, on any thread and perhaps at once.
  template <class F, class Gone = ignore_signal>
  void run_inside(F f, Gone gone = {}) {
    send(new function_signal<F, Gone>(std::move(f), std::move(gone)));
  }
  /// Stops it (L3). Does nothing when it is already stopping.
  void request_stop(exit_reason reason);
  /// The same, for a reason without a text.
  void request_stop(exit_kind kind);
  /// The parent's verdict on a failure: a new body, same cell (S6). Also what makes one of a cell that is held.
  void request_restart();
  /// The first half of that: the body goes, with its children, and `body::child_held` of the parent follows. The cell and what waits for it
  /// stay, until `request_restart` or a stop. For groups, which go down in one order and up in the other, and for waits (S9).
  void request_hold();
  /// Ends it by force, whatever it is doing (L3, S5): from here on it has stopped for everybody, `exit_kind::killed`. What waits for it
  /// becomes dead letters, its watchers are told, its children are asked to stop, and no `on_stop` runs. Its body goes in its own thread,
  /// as soon as a handler that runs has returned. False: it had ended already, or is about to tell so.
  bool kill();
  /// `watcher` is sent one `terminated` when it stops, at once when it has stopped already (L4).
  void add_watcher(address_ptr watcher);
  /// Takes a watcher out again.
  void remove_watcher(address_ptr watcher);
  /// `watcher` is sent a `restarted` whenever it serves again in its cell (S8), until it stops for good.
  void add_restart_watcher(address_ptr watcher);
  /// Takes such a one out again.
  void remove_restart_watcher(address_ptr watcher);
  /// The actor `other` asks for a link under `id` (LK2), and is told of its end by `link_ended`; or gives it up, by numbers of ours.
  void linked_by(address_ptr other, std::uint64_t number, std::uint32_t id);
  /// The end of that, by the numbers of the link.
  void link_given_up_by(std::uint64_t number, link_ids which);
  /// The link kept as `number` is one with the actor whose link is kept as `known` (LK1).
  void link_is_that_of(std::uint64_t number, std::uint64_t known);
  /// Queues the message of an offer, at once or when there is room (M8), and settles it.
  void offer(const offer_ptr& one) noexcept;
  /// Its sender gives it up: it is not queued any more, if it has not been.
  void withdraw(offer_under_way& one) noexcept;

  // ---- looking at it
  /// Its system.
  environment& env() const noexcept { return settings_.env(); }
  /// Its name among its siblings: the one it was given, or its number behind a `$` (L1).
  std::string own_name() const;
  /// The name it was given, empty if none.
  std::string_view given_name() const noexcept {
    const extras_front* const x = extras_.front();
    return x ? std::string_view{x->name} : std::string_view{};
  }
  /// Its parent; null for the root.
  const cell_ptr& parent() const noexcept { return parent_; }
  /// What it was told about itself.
  const cell_settings& settings() const noexcept { return settings_; }
  /// Its number: unique in the system, in order of creation. CAF knows the actor by it too.
  std::uint64_t number() const noexcept override { return control()->aid; }
  /// Where it is in its life, as of now.
  cell_status status() const noexcept { return status_.load(std::memory_order_acquire); }
  /// How many times it has been restarted (L5).
  std::uint64_t incarnation() const noexcept {
    return incarnation_.load(std::memory_order_relaxed) & incarnation_mask;
  }
  /// Whether it was ended by force (`kill`).
  bool is_killed() const noexcept {
    return (incarnation_.load(std::memory_order_acquire) & life_killed) != 0;  // acquire: pairs with `kill`
  }
  /// Whether it has stopped for all others.
  bool has_ended() const noexcept { return status() == cell_status::stopped || is_killed(); }
  /// User messages that wait, as of now (M8).
  std::uint64_t mailbox_depth() const noexcept;
  /// The living child of that name, null if there is none.
  cell_ptr child(std::string_view name) const;
  /// The living children, in the order they were started.
  std::vector<cell_ptr> children() const;
  /// The first of them, `count` at most.
  std::vector<cell_ptr> first_children(std::size_t count) const;

  // ---- for its body, in its turn
  /// A child has overrun its time to stop or to go down: it is reported and no longer a child (S5). `body::child_stopped` with
  /// `exit_kind::killed` follows, at once. Does nothing for one that is none.
  void give_up_child(cell& child);
  /// The body; null while there is none.
  troupe::body* body() noexcept { return body_at_ == no_body ? nullptr : at_body(); }
  /// What the body keeps here; null until it is made. In its turn.
  body_extras* of_body() const noexcept {
    const extras_front* const x = extras_.front();
    return x ? x->of_body.get() : nullptr;
  }
  /// Sets that, or ends it. In its turn.
  void of_body(std::unique_ptr<body_extras> what);
  /// What its body shows, null if that is nothing. It lives as long as the cell. Thread-safe.
  body_display* shown() const noexcept;
  /// Sets that, once. In its turn.
  void show(std::unique_ptr<body_display> what);
  /// `body::start_body` returned false; now it has started, or failed to. In its turn.
  void start_finished(result<void> how);
  /// `body::let_go` returned false; now the body may go. `by_force`: it had to be made to, so that a stop counts as `killed`. Does nothing
  /// where nobody waits for that. In its turn.
  void let_go_finished(bool by_force);
  /// The body failed outside of `receive`, as if it had thrown while it handled `poison` (null: no message). In its turn.
  void fail(error why, engine::envelope_ptr poison);
  /// A handler is suspended and lets no other user message in (M7), until `resumed` is called; `by` is its wait. In its turn.
  void suspended(handler_wait& by) {
    extras_.made_front().blocker = &by;
    ++suspended_;
    hears_ = hears_nothing;
  }
  /// The end of a `suspended`. In its turn.
  void resumed() noexcept {
    extras_.front()->blocker = nullptr;
    --suspended_;
    listen(status_.load(std::memory_order_relaxed));
  }
  /// Runs no user message and no timer of its class's from now on; signals get through. Once or often. In its turn.
  void pause() noexcept;
  /// The end of that; does nothing when there is nothing to end. In its turn.
  void unpause();
  /// Whether it is paused. In its turn.
  bool is_paused() const noexcept { return paused_; }
  /// Keeps a timer that has fired until `unpause`; false when it is to run now. In its turn.
  bool holds_back(const cell_timer_ptr& timer);
  /// Publishes an event for each of the next `count` messages to or from it; 0: no more. In its turn.
  void trace_messages(std::uint32_t count);
  /// How many more there will be. In its turn.
  std::uint32_t messages_left_to_trace() const noexcept;
  /// Whether there is anything rare about what it sends now (sending.hpp, SD2). In its turn.
  bool sends_closely() const noexcept { return (observed_ | in_trace_) != 0; }
  /// Shows a message it sends, if it is being traced. In its turn.
  void show_sent(const engine::envelope& e, const troupe::address& to);
  /// What it runs now belongs to a trace, or not (context.hpp, CX4). In its turn.
  void in_trace(bool yes) noexcept { in_trace_ = yes; }
  /// For who makes a coroutine of the message it runs: its end is the message's (observation.hpp, OV2). Null: nobody wants to know. In its
  /// turn.
  observed_run_ptr observed() noexcept {
    if (observed_) [[unlikely]]
      return take_observed_run();
    return nullptr;
  }
  /// The same for a start that is a coroutine, with its wait, and null at its end. In its turn.
  void start_suspended(handler_wait* by) {
    extras_.made_front().blocker = by;
    looked_ = false;  // it comes between two messages, not behind one
  }
  /// The wait of the handler, or the start, that lets no message in; null when messages are run. In its turn.
  const handler_wait* blocker() const noexcept {
    const extras_front* const x = extras_.front();
    return x ? x->blocker : nullptr;
  }
  /// A number for a wait of one of its handlers (handler_wait.hpp). In its turn.
  std::uint64_t next_wait() noexcept { return ++extras_.made_front().waits; }
  /// Whether its coroutines may go on: it starts or runs. In its turn.
  bool runs_tasks() const noexcept {
    const auto s = status_.load(std::memory_order_relaxed);
    return s == cell_status::running || s == cell_status::starting;
  }
  /// The handler with the wait `by` works on `request`: has `body::asker_gave_up` called when the asker gives up, until `hear_no_more`.
  /// False: he has done so already, and it is called soon. In its turn.
  bool hear_if_given_up(engine::reply_slot& request, const handler_wait& by) noexcept;
  /// The end of that. In its turn.
  void hear_no_more(engine::reply_slot& request) noexcept;
  /// `request`, a message of that type, has been put aside and waits here for its turn. By whoever owns the message.
  bool keeps_waiting(engine::reply_slot& request, const message_type& type) noexcept;
  /// Puts messages back, before all that wait. In its turn, between two messages (through a signal).
  void put_first(std::deque<engine::envelope_ptr> oldest_first);
  /// Stops itself after what it is doing now (L3). In its turn.
  void stop_self() { request_stop(exit_kind::normal); }
  /// The same, for a reason.
  void stop_self(exit_reason reason);
  /// Has itself sent one `terminated` when the actor behind `who` stops, at once when it has stopped already (L4). Returns the number that
  /// message carries; 0: nobody is there who can be watched. In its turn.
  std::uint64_t watch(const address_ptr& who);
  /// No longer: one that has come already is dropped (L4). `number` is what `watch` returned; 0: of whoever is behind `who`. In its turn.
  void unwatch(const address_ptr& who, std::uint64_t number = 0);
  /// Links it to the actor behind `other`: when one ends otherwise than normally, so does the other. False: nobody is there. In its turn.
  bool link_with(const address_ptr& other);
  /// The end of that; whether there was one. What has come already is dropped. In its turn.
  bool part_from(const address_ptr& other);
  /// Ends as what it was linked to, behind what it does now: it fails, for its parent to judge, or stops. In its turn.
  void follow(const link_ended& news);
  /// The reason it is stopping with. In its turn; on any thread once it has stopped (C5) or was killed.
  exit_reason stop_reason() const;

  // ---- CAF
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override;
  const char* name() const override { return "troupe.cell"; }
  void attach(caf::attachable_ptr ptr) override;
  void add_link(caf::abstract_actor* other) override;
  bool add_backlink(caf::abstract_actor* other) override;
  bool remove_backlink(caf::abstract_actor* other) override;

  // ---- engine
  void run_turn() override;
  engine::pushed accept(const engine::chain<engine::envelope>& messages) noexcept override;
  void schedule() noexcept override;
  void refuse(const engine::chain<engine::envelope>& messages) noexcept override;
  void asker_gave_up(engine::reply_slot& request) noexcept override;

  /// For `spawn`. Behind the cell there is room for the body, as `room_for` says.
  cell(caf::actor_config& config, const shared_settings& settings, cell_ptr parent, cell_props&& props);
  ~cell() override;

 private:
  friend class delivery;

  // What is to be done after a turn's messages.
  enum class after_messages : std::uint8_t {
    sleep,   // nothing is left, as far as the turn has seen
    again,   // its time is up
    asleep,  // nothing: the cell sleeps, and may be gone (IN5)
  };
  enum class afterwards : std::uint8_t { nothing, rebuild, report_start_failure, finish };
  // Who may take what of its messages (C10).
  enum class work : std::uint8_t {
    none,      // nothing that is in the inbox is looked at
    in_place,  // runs the oldest message of the inbox where it is (IN8)
    apart,     // runs a message that has been taken out, and touches nothing that waits
    looks,     // looks at all that waits, or is about to: so between two turns
  };

  // CAF's `ctrl()` without a call into its library.
  caf::actor_control_block* control() const noexcept { return caf::actor_control_block::from(this); }

  // body_room.cpp
  static std::size_t room_for(const recipe& how) noexcept;
  std::byte* room() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
  troupe::body* at_body() noexcept {
    std::byte* const at = room() + body_step * body_at_;
    return apart_ ? *reinterpret_cast<troupe::body**>(at) : reinterpret_cast<troupe::body*>(at);
  }
  void keep(recipe_ptr how);
  recipe_ptr take_waiting_recipe() noexcept;
  troupe::body& make_body();
  void end_body() noexcept;

  // bounded.cpp
  enum class handed : std::uint8_t { queued, full, stopped };
  handed hand_over(engine::envelope_ptr e) noexcept;
  void give_up(engine::envelope* chain, errc why) noexcept;
  engine::envelope_ptr next_bounded() noexcept;
  void close_bounded() noexcept;
  bounded_part& bounded() const noexcept;
  bool is_bounded() const noexcept { return settings_.mailbox.kind == mailbox_kind::bounded; }

  // prioritized.cpp
  prioritized_part& lanes() const noexcept;
  engine::envelope_ptr next_prioritized();
  bool lanes_empty() const noexcept;
  void close_prioritized() noexcept;
  bool is_prioritized() const noexcept { return settings_.mailbox.kind == mailbox_kind::prioritized; }

  // measured.cpp
  void sample(engine::envelope_ptr& e) noexcept;
  void stamp(engine::envelope_ptr& e) noexcept;
  void record_wait(engine::envelope_options& of_message);

  // turn.cpp
  // Before a message that must not overtake what a handler has kept (OB1, OB4).
  void settle_kept() noexcept;
  void post_otherwise(engine::envelope* let_go) noexcept;
  void hand_in(engine::envelope* n) noexcept;
  engine::dispatcher& home_dispatcher() const noexcept;
  void run_signals();
  bool prepare(delivery& d);
  void run_message(delivery& d);
  void run_special(delivery& d);
  void run_traced(delivery& d);
  void run_body(delivery& d);
  void run_closely(delivery& d);
  bool run_in_place(const engine::inbox<engine::envelope>::resident& one);
  void run_longer_turn();
  after_messages run_messages();
  template <class Next>
  after_messages run_messages_of(Next next);
  bool is_any_left() const noexcept;
  void end_turn();
  void close();
  void refuse_signals() noexcept;
  void refuse_all(signal* oldest_first) noexcept;

  // asks.cpp
  const engine::envelope* look_at_asks() noexcept;
  bool look_at(engine::envelope& e) noexcept;
  void wake_for_ask() noexcept;
  // observation.cpp
  observation& made_observation();
  void receive_observed(delivery& d);
  void hand_to_body(delivery& d);
  observed_run_ptr take_observed_run() noexcept;
  void show_traced(const engine::envelope& e, std::string what);

  // kill.cpp
  // Says what of its messages it is going to look at, before it does (C10). No instruction but the store: who looks from outside pays for
  // the fence (asymmetric_fence.hpp).
  void look_up(work from_now) noexcept {
    at_work_.store(from_now, std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  struct severed;
  bool claim_end(std::uint32_t how) noexcept;
  severed sever();
  exit_reason killed_reason() const;
  void leave_children();
  void await_swept() const noexcept;
  void end_killed();
  void kill_child(cell& child);
  void hear_of_killed(cell& child);
  bool ask_to_stop(cell& child);

  // watching.cpp
  bool heard_end(const terminated& news);
  void hear_end_again(const terminated& news);
  bool watches(std::uint64_t subject) const noexcept;
  void give_up_watches();

  // caf_element.cpp
  void run_caf_element(delivery& d);
  void end_for_caf();
  void make_caf_reason() noexcept;

  // life.cpp
  void append_path(std::string& out) const;
  void set_status(cell_status s) noexcept {
    status_.store(s, std::memory_order_release);
    listen(s);
  }
  void listen(cell_status s) noexcept {
    const bool hears = s == cell_status::running && suspended_ == 0 && !paused_;
    hears_ = !hears                                              ? hears_nothing
             : settings_.mailbox.kind == mailbox_kind::unbounded ? hears_in_place
                                                                 : hears_apart;
  }
  void build();
  void started();
  void start_failed(error why, first_judgement judged);
  void report_start_failure();
  failure failure_on(const engine::envelope* poison, error why) const;
  first_judgement judged_now() const noexcept;
  void fail_with(error why, engine::envelope_ptr poison, first_judgement judged);
  void give_to_dead(engine::envelope_ptr poison, const error& why);
  void report_failure(failure what);
  void begin_restart();
  void begin_hold();
  void rebuild();
  void begin_stop(exit_kind kind, std::unique_ptr<error> why);
  void keep_state();
  void tear_down();
  void send_restarted(troupe::address& watcher);
  void end_start_limit() noexcept;
  void tell_start_listener(const result<void>& how);
  void stop_children(afterwards then);
  void stop_next_child();
  void child_gone(cell& child);
  void children_overdue();
  void say_slow(const cell& child);
  void children_gone();
  void arm_shutdown_timer(duration longest);
  void cancel_shutdown_timer() noexcept;
  void tell_parent();
  void finish();
  exit_kind end_kind() const noexcept { return is_killed() ? exit_kind::killed : stop_kind_; }
  void send_obituary(troupe::address& watcher);
  void end_links();
  bool part_from_number(std::uint64_t number);
  void send_link_ended(troupe::address& to, link_ids which);
  bool take_link_ended(const link_ended& news);
  bool is_parent(const troupe::address& other) const noexcept { return parent_ && &other == parent_.get(); }
  class stop_signal;
  class gone_signal;
  static constexpr std::uint8_t no_body = 255;
  // Whether it takes user messages, which it does when it runs and no handler is suspended; and whether one that is alone in the inbox
  // may be run there (IN8), which it may not where others wait apart from it.
  static constexpr std::uint8_t hears_nothing = 0;
  static constexpr std::uint8_t hears_apart = 1;
  static constexpr std::uint8_t hears_in_place = 2;
  static constexpr std::size_t body_step = sizeof(void*);
  // Beside the number of its incarnation.
  static constexpr std::uint32_t life_ended = 1u << 31;   // it, or who kills it, tells of its end
  static constexpr std::uint32_t life_killed = 1u << 30;  // the latter
  static constexpr std::uint32_t life_swept = 1u << 29;   // who killed it looks at its messages no more
  static constexpr std::uint32_t incarnation_mask = life_swept - 1;

  const cell_ptr parent_;
  const shared_settings& settings_;
  extras_slot extras_;
  // Senders change the word, its owner the rest.
  engine::inbox<engine::envelope> inbox_;
  engine::system_lane<signal> system_lane_;
  [[no_unique_address]] engine::envelope_list backlog_;  // taken out, or put back, and not run yet
  std::atomic<std::uint32_t> incarnation_{0};
  std::uint16_t suspended_ : 11 = 0;  // handlers that wait in a coroutine and let no other message in (M7)
  bool looked_ : 1 = false;           // at all of the backlog (asks.cpp)
  // A message looks at the first two at once, a send at the second and third.
  bool wants_turn_end_ : 1;
  bool observed_ : 1;          // its messages are shown to interceptors, or it is being traced
  bool in_trace_ : 1 = false;  // what it runs belongs to a trace (CX4)
  bool paused_ : 1 = false;
  std::atomic<cell_status> status_{cell_status::starting};
  // Of its turn (C10). release and acquire pair: who sees that it looks at nothing has all it had written.
  std::atomic<work> at_work_{work::none};
  std::uint8_t hears_ = hears_nothing;       // see there
  std::uint8_t body_at_ = no_body;           // where the body is in the room, in steps
  exit_kind stop_kind_ = exit_kind::normal;  // no bit field: the parent reads it while the last turn ends
  afterwards after_children_ : 2 = afterwards::nothing;
  bool parent_watches_ : 1 = false;  // the commonest watcher needs no place in the extras
  bool owes_turn_end_ : 1 = false;   // has run something since the last `turn_end`
  bool apart_ : 1 = false;           // the room holds a pointer to the body
  bool recipe_waits_ : 1 = false;    // the room holds a pointer to the recipe: the body is not made yet
  bool body_started_ : 1 = false;
  bool first_start_done_ : 1 = false;
};

}  // namespace troupe
