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

}  // namespace bench
