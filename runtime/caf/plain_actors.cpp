#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>
#include <troupe/caf/plain_actors.hpp>

namespace troupe {

namespace {

bool is_hidden(const caf::strong_actor_ptr& who) {
  return who->get()->getf(caf::abstract_actor::is_hidden_flag);
}

void send_exit(const caf::strong_actor_ptr& who) {
  if (who && !is_hidden(who)) caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
}

}  // namespace

void plain_actors::before_turn(caf::scheduled_actor& who) {
  if (who.getf(caf::abstract_actor::is_initialized_flag) || who.getf(caf::abstract_actor::is_hidden_flag))
    return;
  bool stopping = false;
  {
    const std::lock_guard hold{gate_.mutex};
    living_.emplace(who.id(), who.address());
    stopping = stopping_;
  }
  who.attach_functor([self = shared_from_this(), id = who.id()] { self->gone(id); });
  if (stopping) send_exit(caf::actor_cast<caf::strong_actor_ptr>(who.address()));  // PA3
}

void plain_actors::gone(caf::actor_id who) {
  const std::lock_guard hold{gate_.mutex};
  living_.erase(who);
  if (living_.empty()) gate_.notify_all();
}

void plain_actors::await_end(caf::actor_system& system) {
  if (stepper_)
    stepper_->wait([&] { return system.registry().running() == 0; }, never, "the end of plain CAF actors");
  else
    system.await_all_actors_done();
  // CAF takes an actor off its count before it runs what is attached to the actor's end; ours was attached first, so it
  // runs last.
  std::unique_lock hold{gate_.mutex};
  gate_.wait(
      hold, [this] { return living_.empty(); }, "the end of plain CAF actors");
}

void plain_actors::stop_all(caf::actor_system& system) {
  std::vector<caf::strong_actor_ptr> all;
  {
    const std::lock_guard hold{gate_.mutex};
    stopping_ = true;
    all.reserve(living_.size());
    for (const auto& [id, address] : living_) all.push_back(caf::actor_cast<caf::strong_actor_ptr>(address));
  }
  for (const auto& [name, who] : system.registry().named_actors()) all.push_back(who);
  for (const auto& who : all) send_exit(who);
}

void plain_actors::release_names(caf::actor_system& system) {
  for (const auto& [name, who] : system.registry().named_actors())
    if (!is_hidden(who)) system.registry().erase(name);
}

std::vector<std::string> plain_actors::living(std::size_t most) const {
  std::vector<caf::strong_actor_ptr> all;
  {
    const std::lock_guard hold{gate_.mutex};
    for (auto i = living_.begin(); i != living_.end() && all.size() < most; ++i)
      all.push_back(caf::actor_cast<caf::strong_actor_ptr>(i->second));
  }
  std::vector<std::string> out;
  for (const auto& who : all)
    if (who)
      out.push_back(static_cast<caf::local_actor*>(who->get())->name() + ("#" + std::to_string(who->id())));
  return out;
}

}  // namespace troupe
