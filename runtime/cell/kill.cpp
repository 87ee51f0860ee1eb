// A cell is ended by force, while it may be in a handler that never returns (L3, S5).
//
// A thread can't be stopped, so what ends is all that others see of the cell; the handler itself is left to return, or not.
//
// Rules
//  KI1 Who ends a cell is settled once (`claim_end`): itself, at the end of its last turn, or who kills it. He alone tells of it: the
//      parent, the watchers, CAF. So each watcher hears once, also when both happen at the same time.
//  KI2 From `kill` on the inbox is closed (IN9): messages and signals are refused on their senders' threads, as those of any cell that
//      has stopped (C5). No child may come any more.
//  KI3 The system lane is not empty from then on, until the cell ends its last turn: so it sees that it was killed before it takes
//      another message (C4). Who refuses signals leaves a mark there.
//  KI4 What waits is given up at once, except what the cell itself may be looking at (C10): the message that it runs where it lies, and
//      all of it while the cell is about to run, or reads what waits. That is given back, and ends with the cell's last turn. So does
//      what it holds in its hands: the request that its handler works on, what it has stashed, handlers that are suspended. The asks
//      among these have deadlines of their own.
//  KI5 When the handler returns, the cell's turn ends: its frames and its body are destroyed there, without `on_stop` (as an OTP process
//      that is killed runs no `terminate`: its successor may be at work already). Nobody is told again.
//  KI6 Its children are asked to stop and given their times to do so, then killed like it. Nobody waits for them.
#include <array>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/engine/asymmetric_fence.hpp>
#include <utility>

namespace troupe {

namespace {

/// What makes the cell look at its signals (KI3).
signal* new_mark() { return new function_signal<ignore_signal>{ignore_signal{}}; }

/// The time that a child of a killed cell has to stop (KI6). It is nobody's: it keeps the child until it is due, and then finds that it has
/// ended.
class last_limit final : public engine::timer {
 public:
  static void arm(const cell_ptr& child) {
    const boost::intrusive_ptr<last_limit> made{new last_limit{child}};
    child->env().timers().arm(*made, child->env().from_now(child->settings().shutdown_time));
  }

  void fired() noexcept override { child_->kill(); }
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
  void timer_release() noexcept override { intrusive_ptr_release(this); }
  friend void intrusive_ptr_add_ref(last_limit* t) noexcept {
    t->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(last_limit* t) noexcept {
    // acq_rel: the last owner sees what the others did with it.
    if (t->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete t;
  }

 private:
  explicit last_limit(cell_ptr child) : child_(std::move(child)) {}

  std::atomic<unsigned> references_{0};
  const cell_ptr child_;
};

}  // namespace

/// What a killed cell had waiting, in chains linked through `next`, the oldest first.
struct cell::severed {
  std::array<engine::envelope*, 2> chains{};
  std::vector<offer_ptr> offers;
  bool asleep = false;  ///< nobody runs it, so who kills it schedules it
};

bool cell::claim_end(std::uint32_t how) noexcept {
  std::uint32_t life = incarnation_.load(std::memory_order_relaxed);
  do {
    if (life & life_ended) return false;
    // acq_rel: pairs with `is_killed`, and with who loses.
  } while (!incarnation_.compare_exchange_weak(life, life | how, std::memory_order_acq_rel,
                                               std::memory_order_acquire));
  return true;
}

void cell::await_swept() const noexcept {
  // acquire: pairs with the end of `sever`.
  for (auto life = incarnation_.load(std::memory_order_acquire); (life & life_swept) == 0;
       life = incarnation_.load(std::memory_order_acquire))
    incarnation_.wait(life, std::memory_order_acquire);
}

bool cell::kill() {
  const cell_ptr keep{this};
  if (!claim_end(life_ended | life_killed)) return false;
  extras_.close_family(true);  // KI2
  const severed what = sever();
  event news{event_kind::actor_killed,
             env().now(),
             path(),
             {},
             killed_reason().why.text,
             "ended by force (L3); its handler's turn ends when it returns"};
  news.number = incarnation();
  env().events().publish(news);
  for (engine::envelope* const chain : what.chains) give_up(chain, errc::stopped);
  for (const offer_ptr& one : what.offers) {
    env().dead_letter(one->take_message(), path(), errc::stopped);
    one->settle({errc::stopped, "the message was not delivered", {}, path()});
  }
  if (parent_ && !given_name().empty())
    parent_->extras_.get()->family.free_name(*this);  // L1, as in `finish`
  if (extras* const x = extras_.get()) {
    for (const address_ptr& watcher : x->watchers.take()) send_obituary(*watcher);
    end_links();
  }
  end_for_caf();
  tell_parent();
  refuse_signals();  // those that came before it was closed
  leave_children();
  if (what.asleep) schedule();
  return true;
}

// Closes the inbox and takes what waits, as far as the cell does not look at it (KI2-KI4).
cell::severed cell::sever() {
  severed out;
  system_lane_.push(new_mark());
  const auto cut = inbox_.cut();
  out.asleep = cut.asleep;
  engine::heavy_fence();
  // Without the kernel's help the fence above is no pair for the store of `look_up`: then it may be looking at anything.
  const work at = cut.asleep ? work::apart
                  : engine::detail::has_membarrier.load(std::memory_order_relaxed)
                      // acquire: what the cell wrote before it said so is ours.
                      ? at_work_.load(std::memory_order_acquire)
                      : work::looks;
  engine::envelope* newest = cut.newest;
  engine::envelope* left = nullptr;
  if (at == work::looks) {
    left = std::exchange(newest, nullptr);
  } else if (at == work::in_place && newest) {
    engine::envelope** end = &newest;
    while ((*end)->next) end = &(*end)->next;
    left = std::exchange(*end, nullptr);
  }
  out.chains[1] = engine::turned_round(newest).first;
  if (is_bounded()) {
    bounded_part& b = bounded();
    if (at == work::apart)
      out.chains[0] = b.box.close({});
    else if (at != work::looks)
      out.chains[0] = b.box.take_rest();
    out.offers = b.waiting.close();
  }
  if (at == work::apart) {
    engine::envelope** end = &out.chains[0];
    while (*end) end = &(*end)->next;
    const auto add = [&](engine::envelope_ptr e) {
      e->next = nullptr;
      *end = e.release();
      end = &(*end)->next;
    };
    while (auto e = backlog_.pop()) add(std::move(e));
    if (is_prioritized())
      while (auto e = lanes().next_to_give_up()) add(std::move(e));
  }
  if (left) inbox_.give_back(left);
  // release: pairs with `await_swept`.
  incarnation_.fetch_or(life_swept, std::memory_order_release);
  incarnation_.notify_all();
  return out;
}

exit_reason cell::killed_reason() const {
  const duration limit = settings_.shutdown_time;
  std::string text = limit == duration::zero() ? "it was killed: its shutdown time is 0"
                     : limit == duration::max()
                         ? std::string{"it was killed"}
                         : "it did not stop within " +
                               std::to_string(duration_cast<milliseconds>(limit).count()) +
                               " ms and was killed";
  return {exit_kind::killed, {errc::stopped, std::move(text), {}, path()}};
}

void cell::leave_children() {
  const auto all = children();
  for (auto c = all.rbegin(); c != all.rend(); ++c) {
    const duration limit = (*c)->settings_.shutdown_time;
    if (limit == duration::zero()) {
      (*c)->kill();
      continue;
    }
    (*c)->request_stop(exit_kind::shutdown);
    if (limit != duration::max()) last_limit::arm(*c);
  }
}

// In its last turn (KI5).
void cell::end_killed() {
  if (status() == cell_status::stopped) return;
  await_swept();
  end_start_limit();
  cancel_shutdown_timer();
  after_children_ = afterwards::nothing;
  body_started_ = false;
  leave_children();  // those that came while it was being killed
  finish();
}

// ---- signals of a cell that is gone

void cell::refuse_signals() noexcept {
  if (is_killed() && status() != cell_status::stopped)
    return refuse_all(system_lane_.take_all_but(new_mark()));  // KI3
  while (signal* s = system_lane_.take_all()) refuse_all(s);
}

// ---- by its parent

void cell::kill_child(cell& child) {
  const cell_ptr keep{&child};
  child.kill();
  if (extras_.made().family.remove(child)) hear_of_killed(child);
}

// Its parent is among a cell's watchers by a bit that is the cell's own; what the parent knows of it is the parent's.
void cell::hear_of_killed(cell& child) {
  if (child.is_killed() && watches(child.number())) child.send_obituary(*this);
}

bool cell::ask_to_stop(cell& child) {
  if (child.settings_.shutdown_time == duration::zero()) {  // OTP's brutal_kill
    kill_child(child);
    return false;
  }
  child.request_stop(exit_kind::shutdown);
  return true;
}

}  // namespace troupe
