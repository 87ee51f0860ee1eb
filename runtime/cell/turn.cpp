// A cell's turn: signals, messages, and giving the worker up without losing a wake-up (rules C1-C5).
#include <algorithm>
#include <caf/actor_control_block.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/sending.hpp>
#include <troupe/cell/terminated.hpp>
#include <typeinfo>
#include <utility>

namespace troupe {

namespace detail {
constinit thread_local running_turn running{};
}  // namespace detail

constinit thread_local turn_context context_scope::current_{};

void context_scope::change_trace(const trace_context* to) noexcept {
  current_.trace = to;
  if (cell* const c = cell::current()) c->in_trace(to != nullptr);
}

namespace {

using detail::running;

// The cell is about to give up its schedule, after which it may be gone: nobody must find it here (RN1).
inline void nobody_runs() noexcept { running.who.store(nullptr, std::memory_order_release); }

// At the end of a handler, and of a turn's signals: what was sent comes before all that others do from then on (M3).
inline void send_what_is_kept() noexcept {
  if (engine::worker* const w = engine::worker::current()) w->outbox().end_handler();
}

// Apart from `post`, which would save registers for it.
[[gnu::noinline]] bool keep_for(engine::worker& w, cell& to, engine::envelope* e) noexcept {
  return w.outbox().keep(to, e);
}

// Apart from `send_now`, which would save registers for it.
[[gnu::noinline]] void send_to_other(address& to, engine::envelope* e) noexcept {
  to.post(engine::envelope_ptr{e});
}

/// Marks the thread as running a cell's turn.
class turn_scope {
 public:
  explicit turn_scope(cell& c) noexcept : before_(running.who.load(std::memory_order_relaxed)) {
    running.who.store(&c, std::memory_order_release);  // pairs with the acquire of who looks from outside
  }
  ~turn_scope() { running.who.store(before_, std::memory_order_release); }
  turn_scope(const turn_scope&) = delete;
  turn_scope& operator=(const turn_scope&) = delete;

 private:
  cell* before_;
};

}  // namespace

void cell::add_reference() noexcept { control()->strong_refs.fetch_add(1, std::memory_order_relaxed); }

void cell::release_reference() noexcept {
  auto* const block = control();
  // acq_rel: the last owner sees what the others did. Inline, so that a race detector sees the order too.
  if (block->strong_refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block->data_dtor(this);
    caf::intrusive_ptr_release_weak(block);
  }
}

void intrusive_ptr_add_ref(cell* c) noexcept { c->add_reference(); }
void intrusive_ptr_release(cell* c) noexcept { c->release_reference(); }

environment& env_of(const cell& c) noexcept { return c.env(); }

void cell::settle_kept() noexcept {
  if (engine::worker* const w = engine::worker::current()) return w->outbox().flush();
  env().scheduler().settle(*this);
  env().dispatchers().settle(*this);
}

inline void cell::hand_in(engine::envelope* n) noexcept {
  const bool asks = n->reply != nullptr;
  const engine::pushed how = inbox_.push(n);
  if (how == engine::pushed::must_schedule)
    schedule();
  else if (how == engine::pushed::unheard && asks)
    wake_for_ask();
  else if (how == engine::pushed::refused)
    refuse({n, n, 1});
}

[[gnu::always_inline]] inline void cell::take(engine::envelope* e) noexcept {
  // A handler's message to an actor without a bound, ahead of all other cases. What it sends again and again to the same receiver
  // goes there together (outbox.hpp).
  engine::worker* const w = engine::worker::current();
  if (!w || !current() || is_bounded() || w->sample_is_due()) [[unlikely]]
    return post_otherwise(e);
  if (!w->outbox().passes(*this) && keep_for(*w, *this, e)) return;
  hand_in(e);
}

void cell::post(engine::envelope_ptr e) noexcept { take(e.release()); }

void cell::post_in_row(engine::envelope_ptr e) noexcept {
  engine::worker* const w = engine::worker::current();
  if (!w || is_bounded() || w->sample_is_due()) [[unlikely]]
    return post_otherwise(e.release());
  if (!w->outbox().passes(*this) && keep_for(*w, *this, e.get()))
    static_cast<void>(e.release());
  else
    hand_in(e.release());
}

// Most of what is sent goes to a cell: no call of `address` then, and nothing to be looked at behind it.
void detail::send_now(address& to, engine::envelope* e) noexcept {
  const cell* const self = cell::current();
  if (!self || self->sends_closely()) [[unlikely]]
    return send_closely(to, e);
  e->cause = self->number();
  // Where a class has two descriptors, because two libraries have it, the call finds its way.
  if (&typeid(to) == &typeid(cell)) [[likely]]
    return static_cast<cell&>(to).take(e);
  send_to_other(to, e);
}

void cell::post_otherwise(engine::envelope* let_go) noexcept {
  engine::envelope_ptr e{let_go};
  sample(e);
  if (is_bounded()) {
    hand_over(std::move(e));
    return;
  }
  settle_kept();
  hand_in(e.release());
}

engine::pushed cell::accept(const engine::chain<engine::envelope>& messages) noexcept {
  const engine::pushed how = inbox_.push(messages);
  if (how != engine::pushed::unheard || !messages.asks) return how;
  return inbox_.wake() == decltype(inbox_)::woken::must_schedule ? engine::pushed::must_schedule
                                                                 : engine::pushed::queued;
}

void cell::refuse(const engine::chain<engine::envelope>& messages) noexcept {
  messages.oldest->next = nullptr;
  give_up(engine::turned_round(messages.newest).first, errc::stopped);
}

void cell::send(signal* s) noexcept {
  engine::worker::send_kept();
  using woken = decltype(inbox_)::woken;
  system_lane_.push(s);
  switch (inbox_.wake()) {
    case woken::at_work:
      break;
    case woken::must_schedule:
      schedule();
      break;
    case woken::refused:
      refuse_signals();
      break;
  }
}

void cell::refuse_all(signal* oldest_first) noexcept {
  for (signal* s = oldest_first; s;) {
    signal* const following = s->next;
    s->refused(*this);
    s->dispose();
    s = following;
  }
}

engine::dispatcher& cell::home_dispatcher() const noexcept {
  return settings_.dispatcher ? *settings_.dispatcher : env().scheduler();
}

void cell::schedule() noexcept {
  if (settings_.dispatcher)
    settings_.dispatcher->submit(*this);
  else
    env().scheduler().submit(*this);
}

std::uint64_t cell::mailbox_depth() const noexcept {
  const std::uint64_t running = at_work_.load(std::memory_order_relaxed) == work::in_place;
  return std::max(inbox_.count(), running) - running + backlog_.count() +
         (is_bounded()       ? bounded().box.count()
          : is_prioritized() ? lanes().count()
                             : 0);
}

void cell::run_signals() {
  running.what.store(nullptr, std::memory_order_relaxed);
  while (signal* s = system_lane_.take_all()) {
    while (s) {
      if (is_killed()) [[unlikely]] {
        refuse_all(s);
        end_killed();
        break;
      }
      signal* const following = s->next;
      try {
        s->deliver(*this);
      } catch (...) {
        if (status() != cell_status::stopped) fail(current_exception_error(errc::handler_failed), nullptr);
      }
      s->dispose();
      if (wants_turn_end_) owes_turn_end_ = true;  // a signal may have resumed a handler
      s = following;
    }
  }
}

// What few messages need: false when it is not to be run.
bool cell::prepare(delivery& d) {
  if (d->type == &terminated_type) return heard_end(d->as<terminated>());  // L4
  if (d->type == &link_ended_type) return take_link_ended(d->as<link_ended>());
  if (engine::envelope_options* const rare = d->options(); rare && rare->sent != never) record_wait(*rare);
  if (d->reply) {
    if (d->reply->has_word()) [[unlikely]]
      hear_no_more(*d->reply);     // it does not wait any more
    if (d->reply->is_settled()) {  // its asker has given up: nobody would hear the answer
      env().dead_letter(d.keep(), path(), errc::cancelled);
      return false;
    }
  }
  if (const time_point deadline = d->deadline(); deadline != never && env().is_over(deadline)) {
    env().dead_letter(d.keep(), path(), errc::expired);
    return false;
  }
  return true;
}

void cell::hand_to_body(delivery& d) {
  if (observed_) [[unlikely]]
    receive_observed(d);
  else
    body()->receive(d);
}

// One who runs a `turn_end`, or whose messages are looked at.
void cell::run_closely(delivery& d) {
  if (wants_turn_end_) owes_turn_end_ = true;
  try {
    if (d->type == &caf_element_type)
      run_caf_element(d);
    else
      hand_to_body(d);
  } catch (...) {
    fail(current_exception_error(errc::handler_failed), d.keep());
  }
}

// Inlined where a plain message is run, which is the point of it: left to itself the compiler shares one copy with the special ones.
[[gnu::always_inline]] inline void cell::run_body(delivery& d) {
  running.what.store(d->type, std::memory_order_relaxed);
  if ((wants_turn_end_ | observed_) != 0) [[unlikely]]
    return run_closely(d);
  try {
    if (d->type == &caf_element_type) [[unlikely]]
      run_caf_element(d);
    else
      body()->receive(d);
  } catch (...) {
    fail(current_exception_error(errc::handler_failed), d.keep());
  }
}

// A message of a trace: its handler is a span of its own (TC2).
void cell::run_traced(delivery& d) {
  const engine::envelope_options& o = *d->options();
  const trace_context here{o.trace_high, o.trace_low, env().next_span(), o.span, o.trace_flags};
  const context_scope inside{{d->deadline(), &here}};
  run_body(d);
}

void cell::run_special(delivery& d) {
  if (!prepare(d)) return;
  if (const engine::envelope_options* const o = d->options(); o && o->has_trace()) [[unlikely]]
    return run_traced(d);
  const context_scope inside{{d->deadline()}};
  run_body(d);
}

[[gnu::always_inline]] inline void cell::run_message(delivery& d) {
  if (d->reply || d->is_special()) [[unlikely]]
    run_special(d);
  else
    run_body(d);
}

void cell::put_first(std::deque<engine::envelope_ptr> oldest_first) {
  looked_ = false;
  while (!oldest_first.empty()) {
    backlog_.push_front(std::move(oldest_first.back()));
    oldest_first.pop_back();
  }
}

void delivery::leave_mailbox() noexcept {
  cell& c = *std::exchange(at_, nullptr);
  c.backlog_.append(c.inbox_.take_after(envelope_));
  if (c.is_killed()) [[unlikely]] {  // KI4: it may be given back once more
    c.await_swept();
    c.backlog_.append(c.inbox_.take_after(envelope_));
  }
  c.looked_ = false;
  c.at_work_.store(cell::work::apart, std::memory_order_release);
}

// Runs a message that is alone, where it is (IN8). True: and the cell sleeps, nothing of it may be touched. REQUIRES: the
// backlog is empty, and the cell has said what it does (C10).
[[gnu::always_inline]] inline bool cell::run_in_place(const engine::inbox<engine::envelope>::resident& one) {
  delivery d{*one.node, *this};
  run_message(d);
  // Its destructors are its turn's too: when the cell sleeps only the block is left.
  if (d.at_) engine::envelope_deleter::end_contents(*d);
  send_what_is_kept();
  if (!d.at_) {
    look_up(work::none);
    return false;
  }
  if (hears_ && !owes_turn_end_) {
    at_work_.store(work::looks, std::memory_order_release);  // C10: as it sleeps
    nobody_runs();
    if (inbox_.sleep_after(one)) return true;
    running.who.store(this, std::memory_order_release);
  }
  d.leave_mailbox();
  look_up(work::none);
  return false;
}

void cell::end_turn() {
  if (!owes_turn_end_) return;
  owes_turn_end_ = false;
  if (!body() || status() != cell_status::running) return;
  try {
    body()->turn_end();
  } catch (...) {
    // What the turn had held back is to be run again, by a body that can be relied on: no `resume`.
    first_judgement judged = judged_now();
    if (judged.wanted == directive::resume) judged.wanted = std::nullopt;
    fail_with(current_exception_error(errc::handler_failed), nullptr, judged);
  }
}

void cell::close() {
  const auto give_up = [&] {
    while (auto e = backlog_.pop()) env().dead_letter(std::move(e), path(), errc::stopped);
  };
  give_up();
  if (is_bounded()) {
    close_bounded();
  } else if (is_prioritized()) {
    close_prioritized();
  } else {
    backlog_.take_over(inbox_.close());
    give_up();
  }
  refuse_signals();
}

inline cell::after_messages cell::run_messages() {
  if (settings_.mailbox.kind != mailbox_kind::unbounded) [[unlikely]] {
    if (is_prioritized()) return run_messages_of([this] { return next_prioritized(); });
    return run_messages_of([this] { return backlog_.empty() ? next_bounded() : backlog_.pop(); });
  }
  engine::worker* const w = engine::worker::current();
  // What has run before may have been something that touches nothing that waits: then a look at the signals comes first (C10).
  if (!system_lane_.empty()) run_signals();
  for (std::size_t ran = 0;; ++ran) {
    // The turn itself counts as the first run.
    const auto time_is_up = [&] {
      return ran != 0 && (ran == limits::turn_messages_max || (w && w->slice_is_over()));
    };
    while (backlog_.empty()) {
      look_up(work::looks);
      const auto alone = inbox_.sole();
      if (alone.node) look_up(work::in_place);
      if (alone.node && hears_ && system_lane_.empty()) {  // C4
        if (time_is_up()) return after_messages::again;
        if (run_in_place(alone)) return after_messages::asleep;
        ++ran;
        if (!system_lane_.empty()) [[unlikely]]
          run_signals();
        continue;
      }
      at_work_.store(work::none, std::memory_order_release);
      backlog_.take_over(inbox_.take());
      looked_ = false;
      if (!system_lane_.empty())
        run_signals();  // may put messages back
      else if (backlog_.empty())
        return after_messages::sleep;
      if (!hears_) return after_messages::sleep;
    }
    if (!hears_) [[unlikely]]
      return after_messages::sleep;
    if (time_is_up()) return after_messages::again;
    {
      delivery d{backlog_.pop()};
      at_work_.store(work::apart, std::memory_order_release);
      run_message(d);
    }
    send_what_is_kept();
    look_up(work::none);
    if (!system_lane_.empty()) [[unlikely]]
      run_signals();  // C4: the next envelope has been taken already, into the backlog
  }
}

// Of a mailbox that keeps messages apart from the inbox: `next` takes the next one, null when there is none or signals come first.
template <class Next>
cell::after_messages cell::run_messages_of(Next next) {
  engine::worker* const w = engine::worker::current();
  for (std::size_t ran = 0;;) {
    if (!system_lane_.empty()) run_signals();
    if (!hears_) return after_messages::sleep;
    engine::envelope_ptr e = next();
    if (!system_lane_.empty()) {  // C4: it has been taken, and the signals come before it
      if (e) backlog_.push_front(std::move(e));
      looked_ = false;
      continue;
    }
    if (!e) return after_messages::sleep;
    if (ran != 0 && (ran == limits::turn_messages_max || (w && w->slice_is_over()))) {
      backlog_.push_front(std::move(e));
      looked_ = false;
      return after_messages::again;
    }
    ++ran;
    {
      delivery d{std::move(e)};
      at_work_.store(work::apart, std::memory_order_release);
      run_message(d);
    }
    send_what_is_kept();
    look_up(work::none);
  }
}

// Whether the cell can go on at once, for all it has taken out.
inline bool cell::is_any_left() const noexcept {
  return !backlog_.empty() || (is_prioritized() && !lanes_empty());
}

void cell::run_turn() {
  const turn_scope scope{*this};
  // The commonest turn, ahead of all the others: one message, no signal, and back to sleep.
  // The look at the signals comes second: `sole` acquires what was sent before the message (C4).
  if (hears_ == hears_in_place && backlog_.empty()) [[likely]] {
    if (const auto alone = inbox_.sole(); alone.node) {
      look_up(work::in_place);
      if (system_lane_.empty() && run_in_place(alone)) return;
    }
  }
  run_longer_turn();
}

void cell::run_longer_turn() {
  running.what.store(nullptr, std::memory_order_relaxed);
  at_work_.store(work::none, std::memory_order_release);
  if (!hears_ && status() == cell_status::starting && !body()) build();
  const after_messages then = run_messages();
  if (then == after_messages::asleep) return;
  at_work_.store(work::none, std::memory_order_release);
  end_turn();
  send_what_is_kept();
  if (!hears_ && status() == cell_status::stopped) [[unlikely]] {
    close();
    nobody_runs();
    release_reference();  // C3
    return;
  }
  const engine::envelope* const seen = hears_ ? nullptr : look_at_asks();
  look_up(work::looks);
  nobody_runs();
  // Short-circuit matters: after a sleep that succeeded nothing here may be touched (IN5).
  if (then == after_messages::again || (hears_ && is_any_left()) || !inbox_.sleep(!hears_, seen))
    home_dispatcher().submit_last(*this);
}

}  // namespace troupe
