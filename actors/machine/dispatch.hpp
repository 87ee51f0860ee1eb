// The typed part of a state machine: calls the user's handlers and actions, and hands what they return to the runner.
#pragma once

#include <array>
#include <string>
#include <troupe/actor/in_hand.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/machine/answers.hpp>
#include <troupe/machine/handlers.hpp>
#include <troupe/machine/runner.hpp>

namespace troupe {

template <class Self, class... Ms>
class state_machine;

namespace detail {

/// Whose member a function is.
template <class C, class R>
C whose_member(R (C::*)());

/// What is known of `Self`, a `state_machine`, without an object.
template <class Self>
class machine_tables {
 public:
  using parts = machine_parts_of<Self>;
  using handlers = handlers_of<Self>;

  /// What `what` is called.
  static constexpr auto names = []<class... Es>(messages<Es...>) {
    return std::array<std::string_view, sizeof...(Es)>{event_name<Es>()...};
  }(typename parts::all{});

  /// The number of the event of that type, which can be in an envelope; `names.size()` for none.
  static std::size_t number_of(const message_type* type) noexcept {
    return number_in(type, joined(typename parts::taken{}, messages<state_timeout, event_timeout>{}));
  }

  /// What is wrong with `Self`, in one line a mistake.
  static consteval bool check() {
    constexpr bool list_is_right = parts::list::check();
    static_assert(
        !requires { typename Self::interleaved; },
        "troupe: a state machine's handlers don't interleave: the state would change under one that "
        "waits (MA9)");
    if constexpr (list_is_right)
      static_assert(
          handlers::all_total(typename parts::taken{}),
          "troupe: a state of this machine has no public handler for one of its messages or events: "
          "write when(State, const message&), or when(troupe::any_state, const message&)");
    return true;
  }

  /// Runs the enter action of the state at `I`.
  template <std::size_t I>
  static wishes enter(Self& self) {
    using state = typename handlers::template state_at<I>;
    if constexpr (has_enter<Self, state>) {
      if constexpr (std::is_void_v<decltype(self.enter(state{}))>) {
        self.enter(state{});
      } else {
        enter_actions<Self> asked{self.enter(state{})};
        return std::move(asked.wanted());
      }
    }
    return {};
  }
  /// Runs the leave action of the state at `I`.
  template <std::size_t I>
  static void leave(Self& self) {
    using state = typename handlers::template state_at<I>;
    if constexpr (has_leave<Self, state>) {
      static_assert(std::is_void_v<decltype(self.leave(state{}))>,
                    "troupe: a leave action returns nothing: it can't change where the machine goes");
      self.leave(state{});
    }
  }

  /// Where the handler at a place stands for (SM6).
  static constexpr statechart::state_id id_of_place(std::size_t place) noexcept {
    return place == handlers::for_any ? statechart::any_state : static_cast<statechart::state_id>(place);
  }

 private:
  template <class... Es>
  static std::size_t number_in(const message_type* type, messages<Es...>) noexcept {
    std::size_t at = 0;
    return ((type == &message_type_of<Es> || (++at, false)) || ...) ? at : names.size();
  }
};

/// See above.
template <class Self, class... Ms>
class machine_dispatch : public actor<Ms...> {
  using tables = machine_tables<Self>;
  using parts = machine_parts_of<Self>;
  using event_id = machine_runner::event_id;
  using state_id = statechart::state_id;

  class typed_runner;

 public:
  ~machine_dispatch() override {
    // Its coroutines touch it when they end: before it is gone.
    if (machine_.handler_waits()) this->activities().end_all();
  }

  /// For `hosted`: a message of the protocol.
  template <class M>
  requires(messages<Ms...>::template has<M>) promise<reply_of<M>> on(const M& m) {
    static_assert(starts_with_init(),
                  "troupe: a state machine starts with `init` instead of `on_start` (MA5)");
    delivery& d = message_in_hand::current("a state machine's handlers are called by its actor");
    machine_.event(parts::template number_of<M>, d, &m);
    return {};
  }
  /// A watched actor has stopped: an event where the machine has a handler for it (MA8).
  void on_terminated(const terminated& news) override {
    if constexpr (handlers_of<Self>::template anywhere<terminated>()) {
      delivery none{engine::envelope_ptr{}};
      machine_.event(parts::template number_of<terminated>, none, &news);
    } else {
      actor_base::on_terminated(news);
    }
  }
  /// Events of its own that were postponed come back as messages; all others are unexpected. A machine has `on_unexpected` instead; who
  /// stands before it, as a member of a pool does, calls this one.
  void on_unknown(delivery& d) override {
    const std::size_t what = tables::number_of(d->type);
    if (what == tables::names.size()) return on_unexpected(d);
    machine_.event(static_cast<event_id>(what), d, d->payload());
  }

 protected:
  machine_dispatch() : machine_(*this) {}

  /// Whether it is in `S`, or in a state inside of it.
  template <class S>
  bool in_state() const noexcept {
    check_state<Self, S>();
    return machine_.where().is_in(parts::list::template id_of<S>);
  }
  /// Whether the state before was `S`, or inside of it.
  template <class S>
  bool came_from() const noexcept {
    check_state<Self, S>();
    const state_id before = machine_.where().previous();
    return before != statechart::no_state && machine_.chart().is_in(before, parts::list::template id_of<S>);
  }
  /// The name of the state it is in; empty before it has begun.
  std::string_view state_name() const noexcept { return machine_.chart().name(machine_.where().state()); }

  /// A message that everybody has passed on, or that is not in the protocol (MA1): what can be done with it is what `actor_base::on_unknown`
  /// says. `stash` postpones it (MA6). The default dead-letters it.
  virtual void on_unexpected(delivery& d) { actor_base::on_unknown(d); }

  /// For `state_machine::on_start` (MA5).
  auto start_machine() {
    static_assert(tables::check());
    if constexpr (!requires(Self & s) { s.init(); }) {
      machine_.begin({});
    } else {
      using returned = decltype(self().init());
      if constexpr (untasked<returned>::is_task) {
        return begin_later(self().init());
      } else if constexpr (std::is_void_v<returned>) {
        self().init();
        machine_.begin({});
      } else {
        machine_.begin(first_of(self().init()));
      }
    }
  }

 private:
  Self& self() noexcept { return static_cast<Self&>(*this); }

  static consteval bool starts_with_init() {
    if constexpr (requires { &Self::on_start; })
      return std::is_same_v<decltype(whose_member(&Self::on_start)), state_machine<Self, Ms...>>;
    else
      return false;
  }

  template <class T>
  task<void> begin_later(task<T> first) {
    if constexpr (std::is_void_v<T>) {
      co_await first;
      machine_.begin({});
    } else {
      auto to = co_await first;
      machine_.begin(first_of(std::move(to)));
    }
  }
  template <class T>
  static wishes first_of(T to) {
    static_assert(
        handler_kind<Self, T>::is_step && !requires { to.answer(); },
        "troupe: init returns nothing, or transition<states...>, or a task of either");
    check_targets(typename handler_kind<Self, T>::targets{});
    return std::move(to.wanted());
  }

  template <class... Ts>
  static constexpr void check_targets(messages<Ts...>) {
    (check_state<Self, Ts>(), ...);
  }

  // ---- one handler
  template <class E, std::size_t Place>
  static void call(machine_dispatch& at, delivery& d, const void* content) {
    at.template handle<E, Place>(d, *static_cast<const E*>(content));
  }

  template <class E, std::size_t Place>
  void handle(delivery& d, const E& e) {
    using state = typename handlers_of<Self>::template state_at<Place>;
    using returned = returned_by<Self, state, E>;
    using given = typename untasked<returned>::type;
    constexpr bool fits = fitting_reply<typename handler_result<given>::value, reply_of<E>> ||
                          handler_kind<Self, given>::is_step;
    static_assert(fits,
                  "troupe: a state machine's handler returns nothing, the message's `using reply`, "
                  "transition<states...> or replying<reply, states...>");
    check_targets(typename handler_kind<Self, given>::targets{});
    if constexpr (!fits) {
    } else if constexpr (untasked<returned>::is_task) {
      static_assert(!std::is_same_v<E, terminated>,
                    "troupe: when(State, const terminated&) is no task (MA8)");
      // The task is made first: its frame takes what it needs of the message, which lives until the task ends (L6).
      auto t = self().when(state{}, e);
      drive<E, Place>(delivery{d.keep()}, std::move(t));
    } else if constexpr (std::is_void_v<returned>) {
      self().when(state{}, e);
      settle<E, Place>(d, e, unit{}, false);
    } else if constexpr (handler_result<returned>::how == answers::otherwise) {
      static_cast<void>(self().when(state{}, e));  // whoever has the request answers it
      machine_.handled(tables::id_of_place(Place), {}, d);
    } else {
      settle<E, Place>(d, e, self().when(state{}, e), false);
    }
  }

  template <class E, std::size_t Place, class T>
  activity drive(delivery d, task<T> t) {
    machine_runner::waiting_handler waits{machine_};
    actor_base::suspended_handler mark{*this, d, true, false};
    co_await this->activities().join(mark.request());
    try {
      if constexpr (std::is_void_v<T>) {
        co_await t;
        settle<E, Place>(d, d->template as<E>(), unit{}, true);
      } else {
        auto value = co_await t;
        settle<E, Place>(d, d->template as<E>(), std::move(value), true);
      }
      waits.end();
      mark.done();
    } catch (...) {
      mark.failed();
    }
  }

  // A handler has returned: carries out what it asks for, and answers (ST2).
  template <class E, std::size_t Place, class V>
  void settle(delivery& d, const E& e, V&& value, bool has_waited) {
    using reply = reply_of<E>;
    auto what = read_answer<Self, reply>(std::forward<V>(value));
    if (what.asked.what.what == statechart::verdict::pass) return pass_on<E, Place>(d, e, has_waited);
    {
      const message_in_hand hand{d};
      machine_.handled(tables::id_of_place(Place), std::move(what.asked), d);
    }
    if (what.reply) answer_message<reply>(d, std::move(*what.reply));
  }

  template <class E, std::size_t Place>
  void pass_on(delivery& d, const E& e, bool has_waited) {
    constexpr std::size_t next = handlers_of<Self>::template above<E>(Place);
    if (has_waited) throw failed{{errc::invalid, "a handler that is a task can't pass its event on (MA2)"}};
    if constexpr (next != handlers_of<Self>::none)
      handle<E, next>(d, e);
    else if constexpr (messages<Ms...>::template has<E>)
      on_unexpected(d);
    else if constexpr (std::is_same_v<E, terminated>)
      actor_base::on_terminated(e);
    else
      nobody_takes(parts::template number_of<E>);
  }

  [[noreturn]] void nobody_takes(event_id what) const {
    throw failed{{errc::not_understood, "the state machine's own event `" + std::string{tables::names[what]} +
                                            "` came in state `" + std::string{state_name()} +
                                            "`, where no handler takes it (MA1)"}};
  }

  typed_runner machine_;
};

/// The runner of such an actor: one row of handlers an event, one column a state, found when it is compiled.
template <class Self, class... Ms>
class machine_dispatch<Self, Ms...>::typed_runner final : public machine_runner {
 public:
  /// Of the actor `of`.
  explicit typed_runner(machine_dispatch& of) noexcept
      : machine_runner(parts::list::chart, Self::chain_max), of_(of) {}

 private:
  using handler_fn = void (*)(machine_dispatch&, delivery&, const void*);

  template <class E, std::size_t Place>
  static constexpr handler_fn entry() {
    if constexpr (Place == handlers_of<Self>::none)
      return nullptr;
    else
      return &machine_dispatch::template call<E, Place>;
  }
  template <class E, std::size_t... I>
  static constexpr auto row(std::index_sequence<I...>) {
    return std::array<handler_fn, sizeof...(I)>{
        entry<E, handlers_of<Self>::template nearest<E>(static_cast<state_id>(I))>()...};
  }
  template <class... Es>
  static constexpr auto rows(messages<Es...>) {
    constexpr std::size_t states = parts::list::size;
    return std::array<std::array<handler_fn, states>, sizeof...(Es)>{
        row<Es>(std::make_index_sequence<states>{})...};
  }
  static handler_fn handler(event_id what, state_id in) noexcept {
    static constexpr auto table = rows(typename parts::all{});
    return in == statechart::no_state ? nullptr : table[what][in];
  }

  void handle(event_id what, state_id in, delivery& d, const void* content) override {
    if (const handler_fn f = handler(what, in)) return f(of_, d, content);
    of_.nobody_takes(what);
  }
  bool takes(event_id what, state_id in) const noexcept override { return handler(what, in) != nullptr; }
  std::string_view name_of(event_id what) const noexcept override { return tables::names[what]; }
  timer_events timers_become() const noexcept override {
    return {parts::template number_of<state_timeout>, parts::template number_of<event_timeout>};
  }

  wishes enter_action(state_id s) override {
    static constexpr auto all = []<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<wishes (*)(Self&), sizeof...(I)>{&tables::template enter<I>...};
    }
    (std::make_index_sequence<parts::list::size>{});
    return all[s](of_.self());
  }
  void leave_action(state_id s) override {
    static constexpr auto all = []<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<void (*)(Self&), sizeof...(I)>{&tables::template leave<I>...};
    }
    (std::make_index_sequence<parts::list::size>{});
    all[s](of_.self());
  }
  void tell_change(std::string_view from, std::string_view to, std::string_view by) override {
    if constexpr (requires(Self & s, const state_change& c) { s.on_transition(c); })
      of_.self().on_transition(state_change{from, to, by});
  }

  timer_handle arm(statechart::timer_id id, std::uint32_t generation, duration delay) override {
    return of_.after_delay(delay, [this, id, generation] { this->timer_fired(id, generation); });
  }
  void put_message_aside() override { of_.stash(); }
  void retry_messages() override { of_.unstash_all(); }
  void stop_actor(std::unique_ptr<exit_reason> why) override {
    of_.own_cell().stop_self(why ? std::move(*why) : exit_reason{});
  }
  bool is_running() const noexcept override { return of_.own_cell().runs_tasks(); }
  bool message_waits() const noexcept override { return of_.own_cell().mailbox_depth() != 0; }
  void run_queue_soon() override {
    of_.own_cell().run_inside([this, born = of_.incarnation()](cell& c) {
      if (c.incarnation() == born && c.status() == cell_status::running) this->run_queue();
    });
  }

  machine_dispatch& of_;
};

}  // namespace detail
}  // namespace troupe
