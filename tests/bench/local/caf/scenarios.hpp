// The scenarios in stock CAF 0.17: event-based actors with static behaviours, atoms, default settings apart from the number
// of workers.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/all.hpp>

#include "measure/finish.hpp"
#include "measure/program.hpp"
#include "measure/work.hpp"

namespace bench {

// The names of the messages.
using meet_atom = caf::atom_constant<caf::atom("meet")>;
constexpr meet_atom meet_atom_v{};
using ball_atom = caf::atom_constant<caf::atom("ball")>;
constexpr ball_atom ball_atom_v{};
using produce_atom = caf::atom_constant<caf::atom("produce")>;
constexpr produce_atom produce_atom_v{};
using item_atom = caf::atom_constant<caf::atom("item")>;
constexpr item_atom item_atom_v{};
using token_atom = caf::atom_constant<caf::atom("token")>;
constexpr token_atom token_atom_v{};
using successor_atom = caf::atom_constant<caf::atom("successor")>;
constexpr successor_atom successor_atom_v{};
using begin_atom = caf::atom_constant<caf::atom("begin")>;
constexpr begin_atom begin_atom_v{};
using gather_atom = caf::atom_constant<caf::atom("gather")>;
constexpr gather_atom gather_atom_v{};
using hello_atom = caf::atom_constant<caf::atom("hello")>;
constexpr hello_atom hello_atom_v{};
using present_atom = caf::atom_constant<caf::atom("present")>;
constexpr present_atom present_atom_v{};
using ping_atom = caf::atom_constant<caf::atom("ping")>;
constexpr ping_atom ping_atom_v{};
using pong_atom = caf::atom_constant<caf::atom("pong")>;
constexpr pong_atom pong_atom_v{};
using job_atom = caf::atom_constant<caf::atom("job")>;
constexpr job_atom job_atom_v{};
using deal_atom = caf::atom_constant<caf::atom("deal")>;
constexpr deal_atom deal_atom_v{};
using explore_atom = caf::atom_constant<caf::atom("explore")>;
constexpr explore_atom explore_atom_v{};
using sum_atom = caf::atom_constant<caf::atom("sum")>;
constexpr sum_atom sum_atom_v{};
using number_atom = caf::atom_constant<caf::atom("number")>;
constexpr number_atom number_atom_v{};
using factors_atom = caf::atom_constant<caf::atom("factors")>;
constexpr factors_atom factors_atom_v{};
using done_atom = caf::atom_constant<caf::atom("done")>;
constexpr done_atom done_atom_v{};
using deposit_atom = caf::atom_constant<caf::atom("deposit")>;
constexpr deposit_atom deposit_atom_v{};
using transfer_atom = caf::atom_constant<caf::atom("transfer")>;
constexpr transfer_atom transfer_atom_v{};
using balance_atom = caf::atom_constant<caf::atom("balance")>;
constexpr balance_atom balance_atom_v{};
using disband_atom = caf::atom_constant<caf::atom("disband")>;
constexpr disband_atom disband_atom_v{};
using arm_atom = caf::atom_constant<caf::atom("arm")>;
constexpr arm_atom arm_atom_v{};
using probe_atom = caf::atom_constant<caf::atom("probe")>;
constexpr probe_atom probe_atom_v{};
using drop_atom = caf::atom_constant<caf::atom("drop")>;
constexpr drop_atom drop_atom_v{};
using due_atom = caf::atom_constant<caf::atom("due")>;
constexpr due_atom due_atom_v{};

/// An actor system with `s.workers` workers.
class caf_system {
 public:
  explicit caf_system(const settings& s) : system_(config_.with(s)) {}
  /// The system.
  caf::actor_system& operator*() noexcept { return system_; }
  /// The system.
  caf::actor_system* operator->() noexcept { return &system_; }

 private:
  struct config : caf::actor_system_config {
    config& with(const settings& s) {
      set("scheduler.max-threads", s.workers);
      return *this;
    }
  };

  config config_;
  caf::actor_system system_;
};

void pingpong(const settings& s);
void counting(const settings& s);
void fanin(const settings& s);
void ring(const settings& s);
void ask(const settings& s);
void spawn(const settings& s);
void stop(const settings& s);
void bytes(const settings& s);
void big(const settings& s);
void forkjoin(const settings& s);
void skynet(const settings& s);
void mixed(const settings& s);
void bank(const settings& s);
void hot(const settings& s);
void hot_among(const settings& s);
void uniform(const settings& s);
void idle(const settings& s);
void wakeup(const settings& s);
void flood(const settings& s);
void timers(const settings& s);
void outrun(const settings& s);

}  // namespace bench
