// What every actor has, whatever its protocol. Users derive from `actor<Messages...>` (actor.hpp).
//
// Rules
//  AB1 All functions are for the actor's own turns: handlers, hooks and what they call. Nothing here is
//      thread-safe.
//  AB2 A handler that waits in a coroutine lets no other user message in (M7); what was `launch`ed runs beside
//      it.
//  AB3 Restart and stop destroy suspended handlers newest first, before `on_stop` (L6).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <troupe/actor/asking.hpp>
#include <troupe/actor/delegate.hpp>
#include <troupe/actor/offering.hpp>
#include <troupe/actor/pipe_outcome.hpp>
#include <troupe/actor/promise.hpp>
#include <troupe/actor/sleeping.hpp>
#include <troupe/actor/stash.hpp>
#include <troupe/actor/timer_handle.hpp>
#include <troupe/actor/work_result.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/logging.hpp>
#include <troupe/cell/observed_run.hpp>
#include <troupe/cell/restarted.hpp>
#include <troupe/cell/terminated.hpp>
#include <troupe/ref/named.hpp>
#include <troupe/task/activity.hpp>
#include <troupe/task/task.hpp>
#include <utility>

namespace troupe {

struct spawn_options;

namespace port {
class platform;
}  // namespace port

namespace detail {

struct actor_extras;
class adapter_list;

/// Whether the object that was made as incarnation `born` of `at` is there still and runs (S6). In the turn of `at`.
bool still_runs(const cell& at, std::uint64_t born) noexcept;

/// Whether an argument of `ask<M>` that binds to `F&&` may be a temporary that g++ 12 destroys twice: the message itself,
/// or a field that is an aggregate with something to destroy. (`F` of an lvalue is a reference.)
template <class M, class F>
concept unsafe_temporary = !std::is_reference_v<F> && std::is_aggregate_v<F> &&
                           (std::is_same_v<F, M> || !std::is_trivially_destructible_v<F>);

/// Whether `M{fields...}` is a message.
template <class M, class... Fields>
concept made_of_fields = requires(Fields&&... fields) {
  M{std::forward<Fields>(fields)...};
};

/// An envelope with the message `M{fields...}`, or one readable line that says why there is none.
template <class M, class... Fields>
engine::envelope_ptr message_of(Fields&&... fields) {
  static_assert(made_of_fields<M, Fields...>,
                "troupe: the message can't be made from these fields: there are too many, or one is of "
                "another type or would "
                "be narrowed");
  if constexpr (made_of_fields<M, Fields...>)
    return engine::make_envelope<M>(message_type_of<M>, std::forward<Fields>(fields)...);
  else
    return {};
}

}  // namespace detail

/// The base of all actors (AB1-AB3).
class actor_base : public body {
 public:
  ~actor_base() override;

  // ---- hooks
  /// Before the first message. A throw is a failed start. A class of yours may have a `task<void> on_start()` instead: messages wait
  /// until it has ended.
  void on_start() {}
  /// After the last one. A throw is reported; stopping goes on (L2).
  virtual void on_stop() {}
  /// Before the actor gives up its worker, when it has run something (L2). A throw is the actor's failure.
  virtual void on_turn_end() {}
  /// A watched actor has stopped. Whoever watches must handle it: the default throws (L4).
  virtual void on_terminated(const terminated& news);
  /// An actor whose restarts are watched (`watch_restarts`) has been restarted and serves again. Whoever watches must handle it: the
  /// default throws, as above.
  virtual void on_restarted(const restarted& news);
  /// An actor that this one is linked to (`link`) has ended, however it did. The default ends this one as well, unless that was a normal
  /// end. A class that has its own traps the end instead, and lives on; it may call this one for those ends that it does not want to survive.
  virtual void on_link_ended(const link_ended& news);
  /// No message came for as long as `receive_timeout` said.
  virtual void on_receive_timeout() {}
  /// Its state as JSON, for `sys::get_state`: `return troupe::to_json(state_);` of <troupe/json/json.hpp>. Empty, the default: it does not
  /// say. A throw is told to who asked and is no failure of the actor.
  virtual std::string describe_state() const { return {}; }
  /// A message that is not in the protocol came: from a plain CAF actor, or through a ref by path that promises more than this actor takes.
  /// (What another node sends of that kind is refused before it gets here.) `d->type`, compared with `&message_type_of<M>`, says what it is,
  /// `d->as<M>()` is what is in it. It is in hand as in a handler: `forward(any_ref)`, `delegate`, `answer_later`, `stash`, and `d.refuse(error)`
  /// work. Where nothing is done with it, it is dropped, and who asked hears `broken_promise`. The default dead-letters it (M4): who asked hears
  /// `not_understood`. A throw is the actor's failure.
  virtual void on_unknown(delivery& d);

 protected:
  actor_base();

  // ---- itself
  /// Its path.
  std::string path() const;
  /// How often it has been restarted.
  std::uint64_t incarnation() const noexcept;
  /// The time this turn began.
  time_point now() const noexcept;
  /// When the request that is worked on must have been answered at the latest (M6), also after a wait; nothing where nobody waits for it, as
  /// for a tell or in a task that was launched. What this handler asks for ends then anyhow.
  std::optional<time_point> request_deadline() const noexcept;
  /// The ports of its system: files, clock, entropy, ... Include <troupe/port/platform.hpp> to use them.
  port::platform& ports() const noexcept;
  /// Writes a log line under its path, with the trace it belongs to. <troupe/actor/log.hpp> has lines with a format: `log_info`.
  void log(log_level level, std::string_view line) const { write_log(*self_, level, line); }
  /// A new trace, for `with_trace`: what this actor does in it, and all that follows, has an id in common.
  trace_context new_trace() const noexcept;
  /// Stops it after this handler (L3).
  void stop_self();

  // ---- others
  /// Starts an `A` as a child of this actor (L1), made of copies of `args` at each start. Returns at once; messages
  /// wait until it has started. Throws `failed` with `already_exists`, `invalid` (no name) or `stopped`.
  template <class A, class... Args>
  ref<A> spawn(spawn_options options, Args... args);
  /// The same with a number for a name.
  template <class A, class... Args>
  requires(!(std::is_same_v<Args, spawn_options> || ...)) ref<A> spawn(Args... args);

  /// A named ref to the actor at `path` in this system.
  template <class... Ts>
  ref<Ts...> find(std::string path) const {
    return ref_to<Ts...>(env_of(*self_), std::move(path));
  }
  /// Be told, once, when `who` stops (L4): `on_terminated`. Actors of other nodes too (R3), and plain CAF actors. Throws `failed` with
  /// `not_found` when there is none.
  void watch(const any_ref& who);
  /// No longer; a `terminated` that waits already is dropped (L4).
  void unwatch(const any_ref& who);
  /// Be told whenever `who` is restarted (S8): `on_restarted`. Its end is not told by this: `watch` it as well. Only troupe actors of
  /// this process: restarts are not told to other nodes. Throws `failed` with `not_found` when there is none, and with `invalid` for one of
  /// another node.
  void watch_restarts(const any_ref& who);
  /// No longer; what waits already still comes.
  void unwatch_restarts(const any_ref& who);

  /// Binds its life to that of `who`, and the other way round (L7): when one ends otherwise than normally, so does the other, as what the
  /// first one was: it fails, or is stopped, or killed. `on_link_ended` may have it otherwise. With one that has ended already that is at once. A
  /// restart is no end. Actors of other nodes too, and plain CAF actors: whoever is linked to one whose node is declared down, or that is not there,
  /// fails. Throws `failed` with `not_found` when there is none. To itself, or twice, is nothing.
  void link(const any_ref& who);
  /// The end of that, for both; an end that waits here already is dropped.
  void unlink(const any_ref& who);

  /// Asks `to` with the message `M{fields...}`; await the result. The message is built inside because g++ 12
  /// destroys an aggregate temporary in a `co_await` operand twice (docs/decisions/0007-messages-in-co-await.md).
  template <class M, class... Ts, class... Fields>
  asking<reply_of<M>> ask(const ref<Ts...>& to, duration timeout, Fields&&... fields) {
    static_assert(protocol_of<Ts...>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    static_assert(!(detail::unsafe_temporary<M, Fields> || ...),
                  "troupe: g++ 12 destroys an aggregate temporary inside co_await twice: write "
                  "ask<M>(ref, timeout, fields...) with the fields, or pass a named object");
    auto e = detail::message_of<M>(std::forward<Fields>(fields)...);
    return asking<reply_of<M>>{begin_ask(to.address(), std::move(e), message_type_of<reply_of<M>>, timeout)};
  }

  /// Offers `to` the message `M{fields...}`; await the result (offering.hpp). It is built inside as for `ask`. Actors of
  /// other nodes too (OG4).
  template <class M, class... Ts, class... Fields>
  offering offer(const ref<Ts...>& to, Fields&&... fields) {
    static_assert(protocol_of<Ts...>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    static_assert(!(detail::unsafe_temporary<M, Fields> || ...),
                  "troupe: g++ 12 destroys an aggregate temporary inside co_await twice: write "
                  "offer<M>(ref, fields...) with the fields, or pass a named object");
    return detail::start_offer(*self_, to.address(), detail::message_of<M>(std::forward<Fields>(fields)...));
  }

  /// Lets the handler return now and answer later: return the promise, keep a copy (promise.hpp). Throws `failed` with `invalid` when whoever
  /// asked expects no `R`.
  template <class R>
  promise<R> answer_later() {
    return promise<R>{detail::promise_reply(message_type_of<R>)};
  }

  /// Lets `to` answer instead, asked with the message `M{fields...}`: return what this returns (delegate.hpp).
  template <class M, class... Ts, class... Fields>
  delegated<reply_of<M>> delegate(const ref<Ts...>& to, Fields&&... fields) {
    static_assert(protocol_of<Ts...>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    detail::delegate_to(to.address(), detail::message_of<M>(std::forward<Fields>(fields)...),
                        message_type_of<reply_of<M>>);
    return {};
  }

  /// Lets `to` answer instead, with the very message of this handler, an `M`: return what this returns (delegate.hpp).
  template <class M, class... Ts>
  delegated<reply_of<M>> forward(const ref<Ts...>& to) {
    static_assert(protocol_of<Ts...>::template has<M>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    detail::forward_to(to.address(), message_type_of<M>);
    return {};
  }

  /// Lets `to` have the very message in hand, whatever it is, and answer it if it understands it: for `on_unknown` (delegate.hpp, DG3).
  void forward(const any_ref& to) { detail::forward_whatever(to.address()); }

  /// Puts the message of this handler aside: return what this returns. The class says how many with
  /// `static constexpr std::size_t stash_max` (stash.hpp).
  stashed stash();
  /// Everything put aside is run again, before what waits in the mailbox, in its order.
  void unstash_all();
  /// How many messages are put aside.
  std::size_t stash_size() const noexcept;

  /// Ends an adapter of this actor (adapter.hpp, AD4). False: `who` is none, or has ended already.
  bool release_adapter(const any_ref& who) noexcept;

  /// Pauses a coroutine: `co_await sleep(100ms)`. Not while a handler that is no coroutine runs.
  sleeping sleep(duration how_long) { return {*self_, how_long}; }

  /// Does `work(args...)` on the dispatcher `blocking`, with copies of `args`; await what it returns, as a `result`
  /// (work_elsewhere.hpp).
  template <class F, class... Args>
  auto run_blocking(F&& work, Args&&... args) {
    return run_on("blocking", std::forward<F>(work), std::forward<Args>(args)...);
  }
  /// The same on the dispatcher of that name.
  template <class F, class... Args>
  asking<detail::work_result<detail::bound_work<F, Args...>>> run_on(std::string_view dispatcher, F&& work,
                                                                     Args&&... args);
  /// The same without waiting: what `then` makes of the `result` is sent to `to`, the actor itself for instance.
  template <class F, class G, class... Ts>
  requires(!detail::under_way<F>) void pipe(F work, ref<Ts...> to, G then,
                                            std::string dispatcher = "blocking");
  /// The same for what is no work of another thread: `ask<M>(...)`, `offer<M>(...)`, `run_blocking(...)`, or a coroutine of the actor, a
  /// `task<T>` (piping.hpp).
  template <detail::under_way W, class G, class... Ts>
  void pipe(W what, ref<Ts...> to, G then);

  /// Runs `t` beside the handlers until it ends or the actor does. What it throws is the actor's failure.
  void launch(task<void> t);

  /// Calls `then` in a later turn, after `delay`. Gone with what it captured when the actor restarts or stops (S6).
  template <class F>
  timer_handle after_delay(duration delay, F then) {
    return begin_timer(delay, [then = std::move(then), born = incarnation()](cell& c) mutable {
      if (detail::still_runs(c, born)) then();
    });
  }
  /// Calls `then` every `period`, in turns of their own; what is late is made up for (repeating.hpp, TR1).
  template <class F>
  timer_handle at_fixed_rate(duration period, F then) {
    return begin_repeating(period, true, repeated(std::move(then)));
  }
  /// Calls `then` again and again, each time `delay` after it has returned (TR2).
  template <class F>
  timer_handle with_fixed_delay(duration delay, F then) {
    return begin_repeating(delay, false, repeated(std::move(then)));
  }
  /// From now on `timer` goes by `key`: the one that did before is cancelled, and it is with `cancel_timer`.
  void key_timer(std::string key, timer_handle timer);
  /// Cancels the timer that goes by `key`; whether it might still have fired.
  bool cancel_timer(const std::string& key);
  /// Whether the timer that goes by `key` may still fire.
  bool has_timer(const std::string& key) const;

  /// `on_receive_timeout` is called whenever no message has come for `how_long`, until `no_receive_timeout`.
  void receive_timeout(duration how_long);
  /// The end of that.
  void no_receive_timeout();

  /// Answers everything held back in this turn with `why` instead (see `held_replies`). Call it in
  /// `on_turn_end`.
  void refuse_held(const error& why);

  /// The cell it lives in: for layers above, not for services.
  cell& own_cell() const noexcept { return *self_; }

  // ---- for `detail::hosted`, which runs the handlers
  void hold_reply(delivery& d, engine::envelope_ptr answer);
  void handled();
  detail::activity run_start(task<void> t);
  detail::activity_list& activities();
  detail::adapter_list& adapters();
  /// Itself as an address, for `self`.
  address_ptr own_address() const noexcept;
  /// Whether a message it fails on may be run again (S7), and so must stay whole.
  bool may_run_again() const noexcept;
  /// Marks a handler as suspended for as long as it lives. If it ends without an answer, so does its request.
  class suspended_handler {
   public:
    /// `alone`: lets no other message in meanwhile (M7). `whole`: is all that is done with the message, whose end is its own (OV2).
    suspended_handler(actor_base& a, delivery& request, bool alone, bool whole);
    ~suspended_handler();
    /// What the asker of the request gives up, null if nobody asked.
    const void* request() const noexcept { return slot_.get(); }
    /// What it waits for.
    handler_wait& wait() noexcept { return wait_; }
    /// It has ended well.
    void done() noexcept;
    /// It has thrown the exception that is being handled: its actor fails on the request.
    void failed();
    suspended_handler(const suspended_handler&) = delete;
    suspended_handler& operator=(const suspended_handler&) = delete;

   private:
    actor_base& actor_;
    delivery& request_;
    observed_run_ptr run_;         // null: nobody wants to know what comes of it (OV2)
    engine::reply_slot_ptr slot_;  // null: nobody asked, or others hear of it
    handler_wait wait_;
    const bool alone_;  // no other message meanwhile (M7)
  };

 private:
  // body
  void turn_end() final;
  void give_back(std::deque<engine::envelope_ptr>& put_back) final;
  void end_tasks() noexcept final;
  void stop_body() final;
  void asker_gave_up(const engine::reply_slot& request) noexcept final;
  bool can_pause() const noexcept override { return true; }
  void describe_body(body_description& out) const final;

  /// `then`, as a timer that repeats calls it: as long as this object is there and runs.
  template <class F>
  auto repeated(F then) {
    return [then = std::move(then), born = incarnation()](cell& c) mutable {
      if (!detail::still_runs(c, born)) return false;
      then();
      return true;
    };
  }

  timer_handle begin_timer(duration delay, std::function<void(cell&)> then);
  timer_handle begin_repeating(duration period, bool fixed_rate, std::function<bool(cell&)> then);
  timer_handle keep_timer(timer_handle timer);
  boost::intrusive_ptr<detail::cell_slot> begin_ask(const address_ptr& to, engine::envelope_ptr&& e,
                                                    const message_type& reply, duration timeout);
  void end_timers() noexcept;
  void empty_stash() noexcept;
  detail::activity run_launched(task<void> t);
  void give_up(engine::envelope& request) noexcept;

  detail::actor_extras* extras_or_null() const noexcept;
  detail::actor_extras& extras() const;
  detail::actor_extras& make_extras() const;

  // All that an actor has by itself; what it needs for more is its cell's extras.
  cell* const self_;
};

}  // namespace troupe
