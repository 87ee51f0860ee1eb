// What a cell with a prioritized mailbox has beyond others (M8).
#pragma once

#include <troupe/engine/envelope.hpp>
#include <troupe/engine/message_priorities.hpp>
#include <troupe/engine/priority_lanes.hpp>

namespace troupe {

/// The lanes behind a cell's inbox, and who goes into which. Made with the cell and as long as it; its turn's only, but for `count`.
class prioritized_part {
 public:
  explicit prioritized_part(const message_priorities& levels) noexcept : levels_(levels) {}
  ~prioritized_part() {
    while (next_to_give_up()) {
    }
  }
  prioritized_part(const prioritized_part&) = delete;
  prioritized_part& operator=(const prioritized_part&) = delete;

  /// Adds what the inbox gave out.
  void take_over(engine::taken<engine::envelope> what) {
    if (what.first) lanes_.take_over(what, by_type{levels_});
  }
  /// Puts back what was put into `backlog` (PR4), and empties it.
  template <class List>
  void put_back(List& backlog) {
    engine::envelope* oldest = nullptr;
    for (engine::envelope** end = &oldest; engine::envelope* const e = backlog.pop().release();
         end = &e->next) {
      e->next = nullptr;
      *end = e;
    }
    lanes_.put_back(oldest, by_type{levels_});
  }

  /// The next message to run, null if there is none.
  engine::envelope_ptr next() noexcept { return engine::envelope_ptr{lanes_.next()}; }
  /// Any message, null if there is none.
  engine::envelope_ptr next_to_give_up() noexcept { return engine::envelope_ptr{lanes_.any()}; }
  /// Calls `f` for each message that waits here.
  template <class F>
  void look(F f) {
    lanes_.look(f);
  }
  /// Whether nothing waits here.
  bool empty() const noexcept { return lanes_.empty(); }
  /// Counted messages that wait here, as of now (M8). Thread-safe.
  std::uint64_t count() const noexcept { return lanes_.count(); }

 private:
  struct by_type {
    const message_priorities& levels;
    priority operator()(const engine::envelope& e) const noexcept { return levels.level_of(e.type); }
  };

  const message_priorities& levels_;
  engine::priority_lanes<engine::envelope> lanes_;
};

}  // namespace troupe
