// Runs a machine inside an actor: hands events to handlers one after the other and carries out what follows from them. The
// part of `state_machine` that needs none of its types.
//
// Rules
//  MR1 One event at a time. What is inserted, and timers that are due while a handler waits in a coroutine, queue here and are handled
//      when it has ended, also when its asker has given it up.
//  MR2 A timer that is due comes before the messages that wait, as all timers of an actor do. `event_timeout` does not come while one
//      waits: that is an event, and ends it.
//  MR3 A machine that stops, or has failed, handles nothing more of what it has queued.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <troupe/actor/timer_handle.hpp>
#include <troupe/cell/delivery.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/machine/wishes.hpp>
#include <troupe/statechart/machine.hpp>
#include <vector>

namespace troupe::detail {

/// See above (MR1-MR3). In the actor's turns only.
class machine_runner {
 public:
  /// The number of an event: of its type's place among the machine's events.
  using event_id = std::uint16_t;

  machine_runner(const machine_runner&) = delete;
  machine_runner& operator=(const machine_runner&) = delete;

  machine_runner(const statechart::chart& states, std::uint32_t chain_max) noexcept
      : states_(states), core_(states, chain_max) {}
  virtual ~machine_runner();

  /// The numbers of the events that timers become.
  struct timer_events {
    event_id of_state;
    event_id of_event;
  };

  /// Where it is.
  const statechart::machine& where() const noexcept { return core_; }
  /// Its states.
  const statechart::chart& chart() const noexcept { return states_; }
  /// Whether a handler waits in a coroutine.
  bool handler_waits() const noexcept { return waiting_ != 0; }

  /// The machine begins, as `first` says.
  void begin(wishes first);
  /// Handles an event that came from outside, and all that follows at once. `content` is what it carries; `d` may be empty.
  void event(event_id what, delivery& d, const void* content);
  /// A handler of the state `handler` (`any_state`) has returned; carries out what it asks for.
  void handled(statechart::state_id handler, wishes asked, delivery& d);

  /// Marks a handler that waits in a coroutine for as long as it lives (MR1).
  class waiting_handler {
   public:
    explicit waiting_handler(machine_runner& of) noexcept : of_(of) { ++of_.waiting_; }
    ~waiting_handler() {
      if (!ended_) of_.handler_is_gone();
    }
    waiting_handler(const waiting_handler&) = delete;
    waiting_handler& operator=(const waiting_handler&) = delete;
    /// It has returned: what has queued meanwhile is handled.
    void end() {
      ended_ = true;
      --of_.waiting_;
      of_.run_queue();
    }

   private:
    machine_runner& of_;
    bool ended_ = false;
  };

  /// Handles what has queued, if no handler waits.
  void run_queue();
  /// A timer's time has come. For what `arm` arms.
  void timer_fired(statechart::timer_id id, std::uint32_t generation);

 private:
  // What it needs of the actor and its types.
  virtual void handle(event_id what, statechart::state_id in, delivery& d, const void* content) = 0;
  virtual bool takes(event_id what, statechart::state_id in) const noexcept = 0;
  virtual std::string_view name_of(event_id what) const noexcept = 0;
  virtual timer_events timers_become() const noexcept = 0;
  virtual wishes enter_action(statechart::state_id s) = 0;
  virtual void leave_action(statechart::state_id s) = 0;
  virtual void tell_change(std::string_view from, std::string_view to, std::string_view by) = 0;
  virtual timer_handle arm(statechart::timer_id timer, std::uint32_t generation, duration delay) = 0;
  virtual void put_message_aside() = 0;
  virtual void retry_messages() = 0;
  virtual void stop_actor(std::unique_ptr<exit_reason> why) = 0;
  virtual bool is_running() const noexcept = 0;
  virtual bool message_waits() const noexcept = 0;
  virtual void run_queue_soon() = 0;

  /// A timer that was started at least once.
  struct started_timer {
    statechart::timer_id id;
    std::uint32_t generation = 0;  // counts its starts and ends
    timer_handle handle = {};
    engine::envelope_ptr content = {};  // of a named one
  };
  /// What waits here: an event that was inserted, or a timer that is due.
  struct queued {
    event_id what = 0;
    engine::envelope_ptr content = {};  // null: a timer
    statechart::timer_id timer = {};
    std::uint32_t generation = 0;
  };
  struct lazy_part {
    static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
    static void operator delete(void* memory, std::size_t bytes) noexcept {
      engine::free_bytes(memory, bytes);
    }
    std::vector<started_timer> timers;
    std::deque<queued> queue;
  };

  static constexpr event_id no_event = 0xffff;

  void take_on(event_id what, statechart::state_id in, delivery& d, const void* content);
  void carry_out(const statechart::effects& all, wishes& asked, delivery* d);
  void start(const statechart::effect& e, wishes& asked);
  void cancel(statechart::timer_id id) noexcept;
  started_timer& made(statechart::timer_id id);
  started_timer* find(statechart::timer_id id) noexcept;
  void run(queued one);
  void handler_is_gone() noexcept;
  std::string_view name_or_none(event_id what) const noexcept {
    return what == no_event ? std::string_view{} : name_of(what);
  }

  const statechart::chart& states_;
  statechart::machine core_;
  event_id by_ = no_event;  // the event that is being handled
  std::uint8_t waiting_ = 0;
  bool runs_queue_ = false;
  bool ended_ = false;                // a handler has stopped it
  std::unique_ptr<lazy_part> parts_;  // most machines have neither timers nor events of their own
};

}  // namespace troupe::detail
