#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/exit_reason.hpp>
#include <caf/local_actor.hpp>
#include <caf/send.hpp>
#include <troupe/base/check.hpp>
#include <troupe/caf/caf_child.hpp>
#include <troupe/caf/outgoing.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/caf_errors.hpp>
#include <troupe/cell/cell.hpp>
#include <utility>

namespace troupe {

namespace {

constexpr actor_class caf_child_class{"caf actor", nullptr, 0, false};

/// Tells the cell of the actor's end, once: at the actor's end, or at once if that is over.
class end_of_child final : public caf::attachable {
 public:
  explicit end_of_child(cell& of) : cell_(&of), born_(of.incarnation()) {}

  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    cell_->run_inside([why, born = born_](cell& c) {
      if (c.incarnation() == born && c.body()) static_cast<caf_child*>(c.body())->ended(why);
    });
  }

 private:
  const cell_ptr cell_;
  const std::uint64_t born_;
};

std::string name_of(const caf::strong_actor_ptr& who) {
  const auto* const local = dynamic_cast<const caf::local_actor*>(who->get());
  return (local ? local->name() : "an actor") + ("#" + std::to_string(who->id()));
}

void send_exit(const caf::strong_actor_ptr& to, caf::exit_reason why) {
  caf::anon_send_exit(caf::actor_cast<caf::actor>(to), why);
}

bool has_thread(const caf::strong_actor_ptr& who) {
  return who->get()->getf(caf::abstract_actor::is_blocking_flag | caf::abstract_actor::is_detached_flag);
}

}  // namespace

cell_props caf_child_props(std::shared_ptr<const caf_factory> make) {
  cell_props props;
  props.type = &caf_child_class;
  props.how = recipe_of<caf_child>(std::move(make));
  return props;
}

caf_child::caf_child(std::shared_ptr<const caf_factory> make)
    : self_(cell::current()), make_(std::move(make)), counts_(std::make_shared<unseen_count>()) {
  check(self_ != nullptr, "the stand-in of a CAF actor is made by its cell");
}

caf_child::~caf_child() {
  if (limit_) limit_->cancel();
  if (actor_) send_exit(actor_, caf::exit_reason::kill);  // CC4: ended by force
  for (auto& e : waiting_) self_->env().dead_letter(std::move(e), self_->path(), errc::stopped);
}

void caf_child::check_use_of(const caf::strong_actor_ptr& made) const {
  const auto refuse = [](std::string why) { throw failed{{errc::start_failed, std::move(why)}}; };
  if (!made)
    refuse("its factory returned no CAF actor but an empty handle: return what sys.spawn(...) returns");
  if (const auto* const ours = dynamic_cast<const cell*>(made->get()))
    refuse("its factory returned the troupe actor " + ours->path() +
           ", which has a parent of its own: use child<A> for one of ours");
  if (made->home_system != self_->env().caf())
    refuse(
        "its factory returned a CAF actor of another system: spawn it in the one that the factory is given");
  if (has_thread(made) && self_->env().platform().stepper()) {
    send_exit(made, caf::exit_reason::kill);
    refuse("its CAF actor " + name_of(made) +
           " is blocking or detached: it has a thread of its own, which can't be part of a simulation (D2); "
           "spawn it without caf::detached there, or put an event-based actor in its place");
  }
}

bool caf_child::start_body() {
  if (self_->settings().poison.what != poison_policy::fate::drop)
    throw failed{{errc::start_failed,
                  "a CAF actor as a child can have no poison policy but drop: the message it fails on is "
                  "CAF's (CC6)"}};
  caf::actor_system* const host = self_->env().caf();
  if (!host) throw failed{{errc::stopped, "the system has been shut down"}};
  caf::strong_actor_ptr made = (*make_)(*host);
  check_use_of(made);
  actor_ = std::move(made);
  name_ = name_of(actor_);
  actor_->get()->attach(caf::attachable_ptr{new end_of_child{*self_}});
  return true;
}

void caf_child::receive(delivery& d) {
  if (!actor_ || actor_->get()->getf(caf::abstract_actor::is_terminated_flag)) {
    waiting_.push_back(d.keep());  // CC2: the news of its end is on the way
    return;
  }
  engine::worker::send_kept();  // what was sent before this message comes before it there too (M3)
  caf::mailbox_element_ptr element = d->type == &caf_element_type
                                         ? d->as<caf_element>().take()
                                         : outgoing_element(self_->env(), d.keep(), {}, *self_, actor_);
  if (element)
    actor_->enqueue(caf::mailbox_element_ptr{new counted_element{std::move(element), counts_}}, nullptr);
}

void caf_child::ended(const caf::error& why) {
  if (!actor_) return;
  actor_ = nullptr;
  if (const auto lost = counts_->lost.load(std::memory_order_relaxed)) say_what_is_lost(lost);
  if (leaves_) return self_->let_go_finished(killed_);
  exit_reason how = from_caf_exit(why);
  if (how.kind == exit_kind::normal) return self_->stop_self();
  how.why.text = "its CAF actor " + name_ + " ended: " + how.why.text;
  if (how.kind == exit_kind::failed || how.kind == exit_kind::unreachable)
    self_->fail(std::move(how.why), nullptr);
  else
    self_->stop_self(std::move(how));
}

void caf_child::give_back(std::deque<engine::envelope_ptr>& put_back) {
  for (auto& e : std::exchange(waiting_, {})) put_back.push_back(std::move(e));
}

void caf_child::end_tasks() noexcept {
  // S6: a restart keeps them for the next one. A stop leaves them to the destructor.
  if (self_->status() == cell_status::restarting) self_->put_first(std::exchange(waiting_, {}));
}

bool caf_child::let_go() {
  if (!actor_) return true;
  if (!std::exchange(leaves_, true)) {
    const duration limit = self_->settings().shutdown_time;
    if (limit == duration::zero()) {
      overdue();
    } else {
      send_exit(actor_, caf::exit_reason::user_shutdown);
      if (limit != duration::max())
        limit_ = cell_timer::start(*self_, self_->env().from_now(limit), [this](cell&) { overdue(); });
    }
  }
  return false;
}

void caf_child::overdue() {
  limit_ = nullptr;
  if (!std::exchange(killed_, true)) {
    send_exit(actor_, caf::exit_reason::kill);
    limit_ = cell_timer::start(*self_, self_->env().from_now(kill_time), [this](cell&) { overdue(); });
    return;
  }
  const std::string reason = "its CAF actor " + name_ + " did not end within " +
                             std::to_string(duration_cast<milliseconds>(kill_time).count()) +
                             " ms of CAF's kill";
  self_->env().events().publish({event_kind::shutdown_slow,
                                 self_->env().now(),
                                 self_->path(),
                                 {},
                                 reason,
                                 "left behind (CC4): its thread does not come back to CAF"});
  actor_ = nullptr;
  say_what_is_lost(counts_->waiting.load(std::memory_order_relaxed));
  self_->let_go_finished(true);
}

void caf_child::say_what_is_lost(std::uint64_t how_many) const {
  if (how_many == 0) return;
  self_->env().events().log(log_level::warning, self_->path(),
                            std::to_string(how_many) + " message" + (how_many == 1 ? "" : "s") +
                                " in the mailbox of its CAF actor " + name_ + " " +
                                (how_many == 1 ? "is" : "are") + " lost with it (S10)");
}

void caf_child::describe_body(body_description& out) const {
  out.state = "{\"caf_actor\":\"" + name_ +
              "\",\"not_seen\":" + std::to_string(counts_->waiting.load(std::memory_order_relaxed)) + "}";
}

}  // namespace troupe
