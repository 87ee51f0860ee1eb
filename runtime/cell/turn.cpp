// A cell's turn: signals, messages, and giving the worker up without losing a wake-up (rules C1-C5).
#include <caf/actor_control_block.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/terminated.hpp>
#include <utility>

namespace troupe {

namespace {

thread_local cell* running = nullptr;

/// Marks the thread as running a cell's turn.
class turn_scope {
 public:
  explicit turn_scope(cell& c) noexcept : before_(std::exchange(running, &c)) {}
  ~turn_scope() { running = before_; }
  turn_scope(const turn_scope&) = delete;
  turn_scope& operator=(const turn_scope&) = delete;

 private:
  cell* before_;
};

}  // namespace

cell* cell::current() noexcept { return running; }

void cell::add_reference() noexcept { ctrl()->strong_refs.fetch_add(1, std::memory_order_relaxed); }

void cell::release_reference() noexcept {
  auto* const block = ctrl();
  // acq_rel: the last owner sees what the others did. Inline, so that a race detector sees the order too.
  if (block->strong_refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block->data_dtor(this);
    caf::intrusive_ptr_release_weak(block);
  }
}

void cell::post(engine::envelope_ptr e) noexcept {
  if (status() == cell_status::stopped) {
    env_->dead_letter(std::move(e), path(), errc::stopped);
    return;
  }
  if (e->counted) posted_.fetch_add(1, std::memory_order_relaxed);
  user_lane_.push(std::move(e));
  schedule();
}

void cell::send(signal* s) noexcept {
  system_lane_.push(s);
  schedule();
}

void cell::schedule() noexcept {
  if (scheduled_.load(std::memory_order_seq_cst) || scheduled_.exchange(true, std::memory_order_seq_cst))
    return;
  add_reference();  // C3
  (props_.dispatcher ? *props_.dispatcher : env_->scheduler()).submit(*this);
}

std::uint64_t cell::mailbox_depth() const noexcept {
  const auto handled = handled_.load(std::memory_order_relaxed);
  const auto posted = posted_.load(std::memory_order_relaxed);
  return posted > handled ? posted - handled : 0;
}

bool cell::takes_user_messages() const noexcept {
  const auto s = status_.load(std::memory_order_relaxed);  // its own thread writes it
  return s == cell_status::stopped || (s == cell_status::running && !body_->busy());
}

bool cell::take(engine::envelope_ptr& e, bool& half_linked) {
  if (!put_back_.empty()) {
    e = std::move(put_back_.front());
    put_back_.pop_front();
    return true;
  }
  const auto found = user_lane_.pop(e);
  half_linked = found == engine::lane_state::busy;
  return found == engine::lane_state::item;
}

void cell::run_signals() {
  while (signal* s = system_lane_.take_all()) {
    while (s) {
      signal* const following = s->next;
      try {
        s->deliver(*this);
      } catch (...) {
        if (status() != cell_status::stopped) fail(current_exception_error(errc::handler_failed), nullptr);
      }
      s->dispose();
      ran_something_ = true;  // a signal may have resumed a handler
      s = following;
    }
  }
}

void cell::run_message(engine::envelope_ptr e) {
  if (e->counted) handled_.fetch_add(1, std::memory_order_relaxed);
  if (e->type == &terminated_type && family_.watched().erase(e->as<terminated>().number) == 0) return;  // L4
  if (e->options && e->deadline() <= env_->now()) {
    env_->dead_letter(std::move(e), path(), errc::expired);
    return;
  }
  ran_something_ = true;
  try {
    if (e->type == &caf_element_type)
      run_caf_element(e);
    else
      body_->receive(e);
  } catch (...) {
    fail(current_exception_error(errc::handler_failed), std::move(e));
  }
}

void cell::end_turn() {
  if (!std::exchange(ran_something_, false) || !body_ || status() != cell_status::running) return;
  try {
    body_->turn_end();
  } catch (...) {
    fail(current_exception_error(errc::handler_failed), nullptr);
  }
}

bool cell::drain_to_dead_letters() {
  engine::envelope_ptr e;
  bool half_linked = false;
  const std::string to = path();
  while (take(e, half_linked)) env_->dead_letter(std::move(e), to, errc::stopped);
  return half_linked;
}

void cell::run_turn() {
  const turn_scope scope{*this};
  std::size_t budget = limits::turn_messages_max;
  bool again = false;
  for (;;) {
    run_signals();
    if (status() == cell_status::stopped) {
      again = drain_to_dead_letters();
      break;
    }
    if (!takes_user_messages()) break;
    if (budget == 0) {
      again = true;
      break;
    }
    engine::envelope_ptr e;
    bool half_linked = false;
    if (!take(e, half_linked)) {
      again = half_linked;
      break;
    }
    if (!system_lane_.empty()) {  // C4
      put_back_.push_front(std::move(e));
      continue;
    }
    --budget;
    run_message(std::move(e));
  }
  end_turn();

  engine::dispatcher& home = props_.dispatcher ? *props_.dispatcher : env_->scheduler();
  const bool takes = takes_user_messages();
  if (again || (takes && !put_back_.empty())) {
    home.submit_last(*this);
    return;
  }
  scheduled_.store(false, std::memory_order_seq_cst);  // C2: from here on another thread may run it
  const bool overlooked = !system_lane_.empty() || (takes && !user_lane_.looks_empty());
  if (overlooked && !scheduled_.exchange(true, std::memory_order_seq_cst)) {
    home.submit_last(*this);
    return;
  }
  release_reference();
}

}  // namespace troupe
