// A timer whose end is a piece of work in a cell's turn.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <functional>
#include <troupe/base/units.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/engine/timer.hpp>

namespace troupe {

class cell_timer;
/// A shared timer.
using cell_timer_ptr = boost::intrusive_ptr<cell_timer>;

/// Whose work a timer does, which says what a paused cell does with it.
enum class timer_work : std::uint8_t {
  runtime,   ///< a deadline, a wait that ends: goes on
  of_class,  ///< a function of the actor's class: waits until the cell is not paused any more
};

/// Runs a function in a cell's turn once a time has come. Armed, cancelled and run by that cell; a cancelled
/// one never runs, even when it had already fired and waited in the system lane.
class cell_timer final : public engine::timer {
 public:
  /// Arms a timer that calls `then` in the turn of `owner` at `due`. In the owner's turn.
  static cell_timer_ptr start(cell& owner, time_point due, std::function<void(cell&)> then,
                              timer_work whose = timer_work::runtime);

  /// Runs its function, unless it is over. In the owner's turn.
  void run(cell& owner);

  /// Never run. In the owner's turn.
  void cancel() noexcept;

  /// Whether it has run or was cancelled. In the owner's turn.
  bool over() const noexcept { return cancelled_; }

  void fired() noexcept override;
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
  void timer_release() noexcept override { intrusive_ptr_release(this); }
  friend void intrusive_ptr_add_ref(cell_timer* t) noexcept {
    t->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(cell_timer* t) noexcept {
    // acq_rel: the last owner sees what the others did with it.
    if (t->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete t;
  }

 private:
  cell_timer(cell& owner, std::function<void(cell&)> then, timer_work whose);

  std::atomic<unsigned> references_{0};
  cell_ptr owner_;
  std::function<void(cell&)> then_;
  const timer_work whose_;
  bool cancelled_ = false;  // or has run; the owner's turn only
};

}  // namespace troupe
