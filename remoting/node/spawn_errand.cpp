#include <algorithm>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/node/spawn_errand.hpp>

namespace troupe::detail {

namespace {

/// Nobody can know whether it was heard, or it was not (SO1).
bool may_try_again(errc code) noexcept {
  return code == errc::unreachable || code == errc::timeout || code == errc::broken_promise ||
         code == errc::cancelled;
}

/// What a spawner has said, or the node in its place.
error named(const std::string& node, error why) {
  if (why.code == errc::stopped || why.code == errc::not_permitted)  // where types are, the path is open
    return {errc::not_found, "node " + node +
                                 " spawns nothing for others: its program has added no actor types to "
                                 "node_options::types, it is going down, or it is of an older release"};
  return why;
}

}  // namespace

spawn_errand::~spawn_errand() {
  if (asker_)
    asker_->fail({errc::stopped, "what was to be spawned on " + order_.node + " has been given up"});
}

task<void> spawn_errand::run() {
  environment& env = own_cell().env();
  const auto moment = [&env] { return env.from_now(duration::zero()); };
  const time_point until = after(moment(), order_.patience);
  spawn_request request = std::move(order_.what);
  request.lease = self();
  duration wait = retry_min;
  error last{errc::timeout, "no time was given"};
  for (duration left = order_.patience; left > duration::zero(); left = until - moment()) {
    // Looked up each time: a node is known once it has said hello.
    const auto spawner = spawner_there();
    if (spawner && spawner.address()->is_elsewhere()) {
      auto made = co_await ask<spawn_request>(spawner, left, request);
      if (made) co_return finish(made->who.address());
      last = named(order_.node, made.error());
      if (!may_try_again(last.code)) co_return finish(last);
    } else {
      last = {errc::unreachable, "node '" + order_.node +
                                     "' is no peer of this node: add it to node.peers; an actor of this node "
                                     "is spawned without a node"};
    }
    co_await sleep(std::min(wait, std::max(until - moment(), duration::zero())));
    wait = std::min(2 * wait, retry_max);
  }
  last.text = "nothing was spawned on " + order_.node + ": " + last.text;
  finish(last);
}

void spawn_errand::finish(result<address_ptr> how) {
  const std::string place = order_.node + ":" + std::string{spawner_path} + "/";
  if (how && (!*how || !(*how)->is_elsewhere() || (*how)->number() == 0 ||
              !(*how)->path().starts_with(place)))  // R8
    how = error{errc::invalid, "node " + order_.node + " answered with the ref of no actor of its own"};
  if (order_.report) {
    order_.report(own_cell(), std::move(how));
    return;  // whoever was told ends it
  }
  if (how && order_.with) {
    try {
      watch(order_.with);
      watch(any_ref{*how});
    } catch (const failed& gone) {
      how = gone.why();
    }
  }
  found_ = std::move(how);
  if (asker_) hand_over();
}

void spawn_errand::on_unknown(delivery& d) {
  if (d->type != &message_type_of<fetch_spawned>) return actor_base::on_unknown(d);
  wanted_ = d->as<fetch_spawned>();
  asker_ = std::move(d->reply);
  if (asker_ && found_) hand_over();
}

void spawn_errand::hand_over() {
  const engine::reply_slot_ptr to = std::exchange(asker_, nullptr);
  if (!*found_) {
    to->fail(found_->error());
    return give_up();
  }
  if (!to->complete(wanted_.wrap(**found_))) return give_up();  // SO3
  if (order_.with) return;
  watch(any_ref{**found_});
  launch(keep());
}

task<void> spawn_errand::keep() {
  const ref<spawn_lease_word> lease = self();
  for (duration wait = retry_min;; wait = std::min(2 * wait, retry_max)) {
    const auto known = co_await ask<spawn_kept>(spawner_there(), seconds{5}, lease);
    if (known || !may_try_again(known.error().code)) break;
    co_await sleep(wait);
  }
  stop_self();
}

ref<spawn_request, spawn_kept> spawn_errand::spawner_there() const {
  const std::string to = token_front(order_.node, 0) + std::string{spawner_path};
  return ref<spawn_request, spawn_kept>{own_cell().env().names().address_of(to)};
}

void spawn_errand::on_terminated(const terminated&) { give_up(); }

// SO2
void spawn_errand::give_up() { own_cell().stop_self({exit_kind::shutdown, {}}); }

result<any_ref> start_errand(environment& env, spawn_order order) {
  const cell_ptr user = env.resolve("/user");
  if (!user) return error{errc::stopped, "the system has been shut down"};
  auto made = cell::spawn(env, user, props_of<spawn_errand>(env, {}, std::move(order)));
  if (!made) return made.error();
  return any_ref{address_ptr{std::move(*made)}};
}

}  // namespace troupe::detail
