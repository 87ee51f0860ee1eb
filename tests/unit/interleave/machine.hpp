// A machine of up to four threads with the memory model of x86 (TSO): each thread's stores wait in a buffer of its
// own, first in, first out, and become visible when the machine likes. It runs a program once, one step at a time,
// in the order that a `chooser` says.
//
//  IM1 A step is one operation on an atomic, mutex, parker or block of the heap. What a thread does between two
//      steps belongs to the earlier one.
//  IM2 A store weaker than seq_cst goes into the buffer; a load sees the newest own store in it, else memory.
//      Read-modify-writes, seq_cst stores and fences wait until the own buffer is empty, a heavy fence until each
//      thread's buffer has been.
//  IM3 A run ends when all threads have ended and all buffers are empty, when nobody can take a step (a deadlock:
//      it fails), at the first failure, or when the chooser gives it up.
//  IM4 A thread that is cut off in the middle is never unwound: what its local variables own is leaked. Programs
//      keep what they own in their state or on the heap of heap.hpp.
//  IM5 Freed blocks keep their memory until the run ends, so that a use after free is seen and harmless.
//  IM6 Data that is no atomic may be used by two threads only if the one happens before the other by the rules of
//      C++, not of x86: through release and acquire, a mutex, a parker, or full fences on both sides. So an order that
//      is too weak is found although x86 would not mind. (Found is what goes through model_plain.)
//
// Reordering of loads, and of stores among themselves, as ARM does it, is not modelled.
//
// Source: Owens, Sarkar, Sewell: A Better x86 Memory Model: x86-TSO (2009).
#pragma once

#include <atomic>
#include <csetjmp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "unit/interleave/clock.hpp"
#include "unit/interleave/fiber.hpp"
#include "unit/interleave/step.hpp"

namespace interleave {

/// A place in memory that threads share. Its value is kept as bits; outside of a machine it is a plain variable.
class cell {
 public:
  explicit cell(std::uint64_t bits) noexcept;
  cell(const cell&) = delete;
  cell& operator=(const cell&) = delete;
  ~cell();

  std::uint64_t bits;
  place at = nowhere;     ///< where steps meet
  place block = nowhere;  ///< the block of the heap that it is in
};

/// Who has used a piece of plain data (IM6).
struct footprints {
  unsigned writer = nobody;
  std::uint32_t written = 0;
  vector_clock read;
  place block = nowhere;  ///< the block of the heap that it is in
};

/// What the machine runs, its type erased.
class subject {
 public:
  virtual ~subject() = default;
  virtual unsigned threads() const = 0;   ///< how many
  virtual void set_up() = 0;              ///< makes the state
  virtual void run(unsigned thread) = 0;  ///< the body of one thread
  virtual void check() = 0;               ///< after all threads have ended
  virtual void tear_down() = 0;           ///< destroys the state, if there is one
};

class machine;

/// Says who takes the next step.
class chooser {
 public:
  virtual ~chooser() = default;
  /// A run begins.
  virtual void begin() = 0;
  /// One of `enabled`, or `nobody` to give the run up. `current` is the thread that took a step last.
  virtual unsigned choose(const machine& m, proc_set enabled, unsigned current) = 0;
  /// The step that was taken.
  virtual void done(unsigned proc, const step& taken) = 0;
};

/// How a run went.
struct outcome {
  std::string failure;             ///< empty if there was none
  std::string schedule;            ///< who took each step: `0` thread 0, `a` its store buffer, and so on
  std::vector<std::string> steps;  ///< the same to read, if it was asked for
  bool given_up = false;           ///< the chooser ended it
};

/// One machine; runs programs with a fixed number of threads, one run after another. Not thread-safe.
class machine {
 public:
  machine(unsigned threads, std::size_t steps_max);
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;
  ~machine();

  /// The machine that the caller runs on, null outside of one.
  static machine* current() noexcept;

  /// Runs the program once. With `tracing`, writes down every step.
  outcome run(subject& program, chooser& who, bool tracing = false);

  // ---- for the program
  std::uint64_t load(cell& c, std::memory_order order);
  void store(cell& c, std::uint64_t bits, std::memory_order order);
  /// One read-modify-write: `change` gets the old bits and returns whether to write, having set them anew.
  std::uint64_t update(cell& c, const std::function<bool(std::uint64_t&)>& change, std::memory_order order,
                       std::memory_order otherwise);
  void full_fence();
  void heavy_fence();
  void lock(cell& c);
  void unlock(cell& c);
  void park(cell& c);
  void unpark(cell& c);
  /// Plain data is read, or written, now; no step. `enter` when it comes to be.
  void enter(footprints& f, const void* data);
  void reads(footprints& f);
  void writes(footprints& f);
  /// Memory that is given back when the run ends.
  void* allocate(std::size_t bytes, std::size_t align);
  /// Frees a block of `allocate`; `destroy` runs once it is certain that this is the first time.
  void release(void* block, const std::function<void()>& destroy);
  /// How many blocks are allocated and not freed.
  std::size_t blocks() const noexcept;
  /// Ends the run: the program is wrong, or its check says so.
  [[noreturn]] void fail(std::string why);
  /// What a trace calls the cell.
  void name(const cell& c, std::string text);

  // ---- for the chooser
  /// The step that an enabled proc takes next.
  step next_of(unsigned proc) const;

 private:
  friend class cell;

  struct thread_state {
    step next;
    bool ended = false;
    proc_set awaited = 0;  // whose buffers its heavy fence has not seen empty yet
  };
  struct buffered {
    cell* on;
    place at;
    place block;
    std::uint64_t bits;
    vector_clock knows;  // what a thread that acquires it learns
  };
  struct memory_block {
    std::unique_ptr<std::byte[]> memory;
    std::byte* begin;
    std::size_t bytes;
    place at;
    bool freed = false;
  };

  std::size_t home() const noexcept { return threads_ + 1; }
  void loop(std::size_t self);
  void change(std::size_t from, std::size_t to);
  void wait_here(std::size_t next);
  void run_outside(const std::function<void()>& job);
  void run_threads();
  void reset(subject& program, chooser& who, bool tracing);
  void unwind();
  void set_failure(std::string why);

  bool in_thread() const noexcept { return running_ < threads_; }
  void take_turn(const step& s);
  void took(unsigned proc, const step& s, std::uint64_t value, const char* note = "");
  std::size_t pick();
  proc_set enabled() const;
  bool can_go(unsigned thread) const;
  void flush(unsigned thread);
  bool lives(place block) const;
  void must_live(const step& s);
  step touching(action what, cell& c, bool writes) const;
  void enter_cell(cell& c);
  void drop_stores_to(const cell& c);
  vector_clock& mine() { return known_[running_]; }
  vector_clock& told(const cell& c);
  void acquire(const cell& c, std::memory_order order);
  void meet(vector_clock& other);
  memory_block* block_around(const void* p);
  std::string show(std::uint64_t bits);
  std::string describe(const step& s) const;
  std::string who_waits() const;

  const unsigned threads_;
  const std::size_t steps_max_;

  // The threads' fibers, then the one for what runs alone (set-up, check), then the caller's own.
  std::vector<std::unique_ptr<fiber>> fibers_;
  struct loop_state {
    std::jmp_buf top;      // where `unwind` throws it back to
    std::size_t next = 0;  // the fiber that goes on when it has nothing to do
    bool idle = true;      // at the top, nothing to unwind
  };
  std::vector<loop_state> loops_;
  std::size_t running_ = 0;
  const std::function<void()>* outside_job_ = nullptr;

  subject* program_ = nullptr;
  chooser* chooser_ = nullptr;
  bool tracing_ = false;
  bool starting_ = false;
  bool unwinding_ = false;
  bool quitting_ = false;
  bool muted_ = false;
  bool over_ = false;

  std::vector<thread_state> states_;
  std::vector<std::deque<buffered>> buffers_;
  std::vector<memory_block> blocks_;
  std::vector<vector_clock> known_;  // to each thread: what happened before what it does now (IM6)
  std::vector<vector_clock> told_;   // by each cell, to whoever acquires it
  vector_clock fenced_;              // by full fences, to each other
  std::vector<std::string> names_;
  std::vector<std::uint64_t> shown_;  // large values, in the order in which a trace has shown them
  place places_ = 0;
  unsigned last_thread_ = nobody;
  outcome outcome_;
};

}  // namespace interleave
