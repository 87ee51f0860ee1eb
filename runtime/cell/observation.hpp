// What a cell has while somebody looks closely: its messages are shown to interceptors (interceptor.hpp) or traced, or it is paused.
//
// Rules
//  OV1 All of it belongs to the cell's turn and is made when it is first needed. A cell that has none of it pays one test of a byte
//      a message, which it makes anyway.
//  OV2 A run is one message between `before_receive` and `after_receive`. Who makes a coroutine of it takes it along, so that it ends
//      when the coroutine does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/interceptor.hpp>
#include <troupe/cell/observed_run.hpp>
#include <vector>

namespace troupe {

/// One message that is being handled, for those who want to know what comes of it (OV2). Its end is the message's. In the cell's turn.
class observed_run {
 public:
  /// `message` is about to be handled by `at`; `passed` interceptors have let it pass.
  observed_run(cell& at, const engine::envelope& message, std::size_t passed);
  ~observed_run();
  observed_run(const observed_run&) = delete;
  observed_run& operator=(const observed_run&) = delete;

  /// Its handler has returned.
  void done() noexcept { how_ = handling::handled; }
  /// It threw.
  void failed(error why) noexcept;
  /// It was refused after some had let it pass.
  void refused(error why) noexcept;

 private:
  cell& at_;
  const message_type& type_;
  const std::uint64_t sender_;
  const std::size_t passed_;
  const trace_context trace_;
  const time_point began_;
  handling how_ = handling::abandoned;
  std::optional<error> why_;
};

/// See above (OV1).
struct observation {
  std::uint32_t traced_left = 0;            ///< how many more messages a trace of this actor shows
  observed_run_ptr run;                     ///< the message whose handler runs, until a coroutine takes it
  std::vector<cell_timer_ptr> held_timers;  ///< fired while the actor is paused
};

}  // namespace troupe
