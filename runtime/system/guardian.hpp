// The parents of what users and extensions start: `/`, `/user` and `/system`. They take no messages.
//
// Rules
//  GU1 An actor that a part of the runtime starts as `kept_running` is put back when it fails, in its cell: its ref, its path and its mailbox
//      stay (S6). At once, `restarts_max` times in `restart_period` (S3); past that it stays down for such a period, with what waits for it, and is tried again
//      then. So nothing that fails at each try keeps a core busy, and what failed for want of memory serves again when there is some.
//  GU2 All else that fails below them is stopped: a user's actor that is to survive its failures has a supervisor.
//  GU3 An actor of GU1 that ends otherwise is not put back: somebody has stopped it.
#pragma once

#include <cstdint>
#include <map>
#include <troupe/base/restart_window.hpp>
#include <troupe/base/units.hpp>
#include <troupe/cell/body.hpp>
#include <troupe/cell/cell_timer.hpp>
#include <troupe/cell/props.hpp>

namespace troupe {

/// The body of such a parent (GU1-GU3).
class guardian final : public body {
 public:
  static constexpr std::uint32_t restarts_max = 5;
  static constexpr duration restart_period = seconds{10};

  void receive(delivery& d) override;
  void child_failed(cell& child, const failure& why) override;
  void child_started(cell& child, bool again) override;
  void child_held(cell& child) override;
  void child_stopped(cell& child, const exit_reason& why) override;

  ~guardian() override;

 private:
  struct kept {
    restart_window window{restarts_max, restart_period};
    cell_timer_ptr wait = {};  // while it is down
  };

  std::map<std::uint64_t, kept> kept_;  // those that have failed, by number
};

/// The class of these, as data.
extern const actor_class guardian_class;

/// What makes an actor that is put back when it fails (GU1). REQUIRES: what it is made of can be copied.
cell_props kept_running(cell_props props);

}  // namespace troupe
