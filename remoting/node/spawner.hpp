// The actor that makes actors for other nodes: `/user/spawned`, on nodes that have types to make (spawnable.hpp). It also hands on to supervisors
// here what peers want to start below them (child_messages.hpp).
//
// Rules
//  NS2 What is made for the node n1 stands below `/user/spawned/n1`, under the name it was asked for or its number. It is nobody's to put back
//      here: one that fails ends, and who watches it hears of that.
//  NS3 A request is known by its lease (NS1), which must be an actor of the node that asks: the connection says who that is, not the request.
//      One that comes again is answered as the first one was.
//  NS4 It is refused, with an error that names what is missing: `refused` without permission, whether or not there is such a type; `not_found`
//      for a type that is not made here; `invalid` for another version or other arguments; `decode_error`; `already_exists`; `overloaded` when
//      `spawned_max` are remembered; `closed` while this node goes down; `start_failed` when its start failed.
//  NS5 The lease is watched before anything is made. What is made is remembered until both the actor and the lease have ended, so what is
//      remembered is bounded, and what its requester has given up is ended also when that is heard late.
//  NS6 When the requester's node is declared down (R5): what is bound is ended, and what has not started yet; all else goes on.
//  NS7 A remote child has one instance here: a request of the same owner, or of a later run of its node, under a name that is taken ends the one
//      before and waits until it is gone. So does one that finds its name on the way out.
//  NS9 What is refused for want of permission is a line in the log here too, at most one a second, with how many there were: whoever asks may not be who
//      should be told.
//  NS10 There are `spawned_max` places (NS2) at most: for one more, one without actors is stopped. Its node gets another when it asks again, behind the end
//      of that one.
//  NS11 One that has failed is put back (GU1) and goes on with what there is: what it has made lives on meanwhile (AC6), with its leases watched anew, so
//      ends that nobody heard are heard then. A request that was just being made when it failed, and of which nothing came, is forgotten: its
//      asker hears `broken_promise`, and asks again (SO1). What it failed on it is given once more (S7). What lives below it and is in no ledger is ended.
//  NS8 Who is to be ended has its time (`shutdown_time`, a minute at most) and is ended by force then (S5).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/node/child_messages.hpp>
#include <troupe/node/spawn_ledger.hpp>
#include <troupe/node/spawn_messages.hpp>
#include <troupe/node/spawnable_types.hpp>
#include <utility>

namespace troupe::detail {

/// How the start of the actor that was made for entry `id` went. In this process only.
struct spawn_began {
  std::uint64_t id = 0;
  std::optional<error> failed = {};
};

/// Below which path stands what is made here for that peer (NS2).
std::string spawned_path(const std::string& peer);

/// What a spawner is told.
struct spawner_options {
  std::string node;  ///< its own name, for people
  spawnable_types types = {};
  spawn_right may_spawn = {};
  std::size_t spawned_max = 0;
  /// Says whether that peer may start children below the supervisor at that path (CN2).
  std::function<bool(const std::string& peer, const std::string& path)> may_start_below = {};
};

/// See above (NS2-NS11).
class spawner : public actor<spawn_request, spawn_kept, spawn_began, child_request> {
 public:
  static constexpr duration shutdown_time_max = std::chrono::minutes{1};  // NS8
  static constexpr std::size_t waiting_bytes_max = 16u << 20;  // of arguments, of those who wait for a name

  static constexpr bool keeps_children = true;  // NS11

  /// `ledger`: what one before it has left (NS11).
  spawner(spawner_options options, std::shared_ptr<spawn_ledger> ledger)
      : options_(std::move(options)),
        ledger_(std::move(ledger)),
        all_(ledger_->all),
        places_(ledger_->places),
        leaving_(ledger_->leaving) {}

  /// NS11.
  void on_start();
  /// See there.
  promise<spawned_actor> on(const spawn_request& m);
  /// See there.
  promise<bool> on(const spawn_kept& m);
  /// See there.
  void on(const spawn_began& m);
  /// See there (spawner_children.cpp).
  promise<child_info> on(const child_request& m);
  void on_terminated(const terminated& news) override;
  stop_order children_stop_order() const noexcept override { return stop_order::together; }

 private:
  using entry = spawn_entry;
  using entries = std::map<std::uint64_t, entry>;
  using name_key = std::pair<std::string, std::string>;  // peer and name
  // What a ref says of its number and run is the peer's word: a lease is known with who asks, whom the connection knows (NS3).
  using lease_key = std::pair<std::string, any_ref>;

  std::optional<error> objection(const std::string& peer, const spawn_request& m) const;
  std::optional<error> type_objection(const std::string& peer, const std::string& type, std::uint32_t version,
                                      const std::string& arguments) const;
  std::optional<error> child_objection(const std::string& peer, const child_request& m) const;
  std::string why_no_lease(const std::string& peer, const any_ref& lease) const;
  bool waits_for_name(const std::string& peer, const spawn_request& m);
  std::size_t waiting_bytes() const;
  void take_up(std::uint64_t id, entry& e);
  void end_strangers();
  void make_those_who_wait();
  void make(std::uint64_t id, entry& e);
  cell_ptr place_of(const std::string& peer);
  void give_place_back();
  void place_ended(const std::string& peer);
  void end(std::uint64_t id, entry& e);
  void lease_ended(std::uint64_t id, exit_kind how);
  void actor_ended(std::uint64_t id, const exit_reason& why);
  void name_is_free(const name_key& name);
  void tell(entry& e);
  void refuse(std::uint64_t id, error why);
  void say_refused(const std::string& why);
  void forget_if_over(std::uint64_t id);

  const spawner_options options_;
  const std::shared_ptr<spawn_ledger> ledger_;
  entries& all_;                              // the ledger's, as the next two
  std::map<std::string, cell_ptr>& places_;   // see there
  std::map<std::string, cell_ptr>& leaving_;  // see there
  std::uint64_t refused_ = 0;                 // since the last line about them (NS9)
  time_point said_at_ = time_point::min();
  // What follows from the ledger (LD1).
  std::map<lease_key, std::uint64_t> by_lease_;      // all of them
  std::map<const address*, std::uint64_t> watched_;  // the same, as their leases are watched
  std::map<std::uint64_t, std::uint64_t> by_actor_;  // those that live, by the number of their cells
  std::map<name_key, std::uint64_t> by_name_;        // those that live and have a name
};

}  // namespace troupe::detail
