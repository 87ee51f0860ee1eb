// The machine: fibers, and who goes on after each step.
#include "unit/interleave/machine.hpp"

#include <algorithm>
#include <exception>
#include <troupe/base/check.hpp>
#include <utility>

namespace interleave {
namespace {
thread_local machine* current_machine = nullptr;
}  // namespace

machine* machine::current() noexcept { return current_machine; }

machine::machine(unsigned threads, std::size_t steps_max) : threads_(threads), steps_max_(steps_max) {
  troupe::check(threads > 0 && threads <= threads_max, "a program has one to four threads");
  loops_.resize(threads_ + 1);
  for (std::size_t i = 0; i <= threads_; ++i)
    fibers_.push_back(std::make_unique<fiber>([this, i] { loop(i); }));
  fibers_.push_back(std::make_unique<fiber>());
  running_ = home();
  for (std::size_t i = 0; i <= threads_; ++i) {
    loops_[i].next = home();
    change(home(), i);
  }
}

machine::~machine() {
  quitting_ = true;
  for (std::size_t i = 0; i <= threads_; ++i) change(home(), i);
}

void machine::loop(std::size_t self) {
  // A longjmp, not an exception: what is cut off is often noexcept (IM4).
  setjmp(loops_[self].top);
  for (;;) {
    loops_[self].idle = true;
    change(self, loops_[self].next);
    if (quitting_) fiber::leave(*fibers_[self], *fibers_[home()]);
    loops_[self].idle = false;
    std::string thrown;
    try {
      self < threads_ ? program_->run(static_cast<unsigned>(self)) : (*outside_job_)();
    } catch (const std::exception& e) {
      thrown = std::string("an exception left the thread: ") + e.what();
    }
    if (!thrown.empty()) set_failure(std::exchange(thrown, {}));
    if (self < threads_) states_[self].ended = true;
    loops_[self].next = self < threads_ && !starting_ ? pick() : home();
  }
}

void machine::change(std::size_t from, std::size_t to) {
  running_ = to;
  fiber::change(*fibers_[from], *fibers_[to]);
  running_ = from;
}

// Suspends the running fiber in the middle of its work.
void machine::wait_here(std::size_t next) {
  const std::size_t self = running_;
  change(self, next);
  if (unwinding_) std::longjmp(loops_[self].top, 1);
}

void machine::run_outside(const std::function<void()>& job) {
  outside_job_ = &job;
  change(home(), threads_);
}

outcome machine::run(subject& program, chooser& who, bool tracing) {
  reset(program, who, tracing);
  machine* const before = std::exchange(current_machine, this);
  run_outside([this] { program_->set_up(); });
  if (!over_) run_threads();
  const bool checks = outcome_.failure.empty() && !outcome_.given_up;
  if (checks) run_outside([this] { program_->check(); });
  unwind();
  muted_ = true;
  run_outside([this] { program_->tear_down(); });
  unwind();
  muted_ = false;
  blocks_.clear();
  current_machine = before;
  return std::move(outcome_);
}

void machine::run_threads() {
  // Up to the first step of each, so that it is known what everybody wants.
  starting_ = true;
  for (std::size_t t = 0; t < threads_ && !over_; ++t) change(home(), t);
  starting_ = false;
  if (over_) return;
  const std::size_t first = pick();
  if (first != home()) change(home(), first);
}

void machine::reset(subject& program, chooser& who, bool tracing) {
  program_ = &program;
  chooser_ = &who;
  tracing_ = tracing;
  over_ = false;
  states_.assign(threads_, {});
  known_.assign(threads_, {});
  for (unsigned t = 0; t < threads_; ++t) known_[t].at[t] = 1;
  told_.clear();
  fenced_ = {};
  buffers_.resize(threads_);
  for (auto& b : buffers_) b.clear();
  names_.clear();
  shown_.clear();
  places_ = the_buffers + 1;
  last_thread_ = nobody;
  outcome_ = {};
  chooser_->begin();
}

// Throws every fiber that was cut off back to the top of its loop.
void machine::unwind() {
  unwinding_ = true;
  for (std::size_t i = 0; i <= threads_; ++i) {
    loops_[i].next = home();
    if (!loops_[i].idle) change(home(), i);
  }
  unwinding_ = false;
}

void machine::set_failure(std::string why) {
  if (!muted_ && outcome_.failure.empty()) outcome_.failure = std::move(why);
  over_ = true;
}

void machine::fail(std::string why) {
  set_failure(std::exchange(why, {}));
  wait_here(home());
  troupe::broken_invariant("a failed thread went on", TROUPE_HERE);
}

void machine::take_turn(const step& s) {
  const std::size_t self = running_;
  states_[self].next = s;
  const std::size_t next = starting_ ? home() : pick();
  if (next != self) wait_here(next);
  must_live(s);
}

// Who goes on. Buffers that are chosen write at once; the answer is a thread, or home when the run is over.
std::size_t machine::pick() {
  while (!over_) {
    const proc_set can = enabled();
    if (can == 0) {
      if (const std::string waits = who_waits(); !waits.empty()) set_failure("no thread can run: " + waits);
      over_ = true;
      break;
    }
    if (outcome_.schedule.size() == steps_max_) {
      set_failure("the program does not end within " + std::to_string(steps_max_) + " steps");
      break;
    }
    const unsigned proc = chooser_->choose(*this, can, last_thread_);
    if (proc == nobody) {
      outcome_.given_up = true;
      over_ = true;
      break;
    }
    troupe::check(has(can, proc), "the chooser chose a proc that can't go on");
    const bool thread = proc < threads_max;
    outcome_.schedule += static_cast<char>(thread ? '0' + proc : 'a' + (proc - threads_max));
    if (thread) {
      last_thread_ = proc;
      return proc;
    }
    flush(proc - threads_max);
  }
  return home();
}

proc_set machine::enabled() const {
  proc_set out = 0;
  for (unsigned t = 0; t < threads_; ++t) {
    if (!states_[t].ended && can_go(t)) out |= only(t);
    if (!buffers_[t].empty()) out |= only(threads_max + t);
  }
  return out;
}

bool machine::can_go(unsigned thread) const {
  const step& s = states_[thread].next;
  if (s.drains() && !buffers_[thread].empty()) return false;
  switch (s.what) {
    case action::lock:
      return s.on->bits == 0;
    case action::park:
      return s.on->bits != 0;
    case action::expel:
      return states_[thread].awaited == 0;
    default:
      return true;
  }
}

step machine::next_of(unsigned proc) const {
  if (proc < threads_max) return states_[proc].next;
  const buffered& oldest = buffers_[proc - threads_max].front();
  return {action::flush, oldest.on, oldest.at, oldest.block, true};
}

}  // namespace interleave
