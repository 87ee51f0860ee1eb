// The actor that has one actor spawned on another node: it asks, again where the answer is lost, and is the lease of what is made (NS1).
//
// Rules
//  SO1 It is one request: what is made for it is made once, however often it has to ask. It asks again when nobody can know whether it was
//      heard, and when the node can't be reached yet, after `retry_min`, twice as long each time up to `retry_max`, for as long as its order says.
//  SO2 Whoever gives it up ends it, and so what has been made for it, or will be when the request is handled late. Once an actor has been handed over
//      that is not bound, it says so there until that is known, and ends then. It ends too when the actor does, or when its node is declared
//      down: then the other node has heard the same of this one, and what has started goes on there (NS6).
//  SO3 With `fetch_spawned` an asker gets the ref: one that does not take it any more has given it up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/node/spawn_messages.hpp>

namespace troupe::detail {

/// What an errand is for.
struct spawn_order {
  std::string node;                ///< where
  spawn_request what = {};         ///< all but the lease
  duration patience = seconds{5};  ///< how long it asks
  any_ref with = {};               ///< bound to that actor of this node; empty: to nobody
  std::function<void(cell& errand, result<address_ptr>)> report =
      {};  ///< told once, in the errand's turn; empty: somebody fetches it
};

/// Asks an errand for its actor; `wrap` makes the reply that its asker expects. In this process only.
struct fetch_spawned {
  engine::envelope_ptr (*wrap)(const address_ptr& who) = nullptr;
};

/// See above (SO1-SO3).
class spawn_errand : public actor<spawn_lease_word> {
 public:
  static constexpr duration retry_min = milliseconds{50};
  static constexpr duration retry_max = seconds{1};

  explicit spawn_errand(spawn_order order) : order_(std::move(order)) {}
  ~spawn_errand() override;

  /// Begins to ask.
  void on_start() { launch(run()); }
  /// Nobody sends it.
  void on(const spawn_lease_word&) {}
  void on_unknown(delivery& d) override;
  void on_terminated(const terminated& news) override;

 private:
  task<void> run();
  task<void> keep();
  ref<spawn_request, spawn_kept> spawner_there() const;
  void finish(result<address_ptr> how);
  void hand_over();
  void give_up();

  spawn_order order_;
  std::optional<result<address_ptr>> found_;
  engine::reply_slot_ptr asker_;
  fetch_spawned wanted_;
};

/// Starts one below `/user`, or says why that can't be.
result<any_ref> start_errand(environment& env, spawn_order order);

}  // namespace troupe::detail
