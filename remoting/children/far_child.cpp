#include <algorithm>
#include <atomic>
#include <troupe/actor/spawn.hpp>
#include <troupe/base/check.hpp>
#include <troupe/children/far_child.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// The name of the actor on its node: the child's path, as one name. Of a very long one the end, which differs most.
std::string name_there(const std::string& path) {
  constexpr std::string_view top = "/user/";
  constexpr std::size_t bytes_max = 200;
  std::string out = path.substr(path.starts_with(top) ? top.size() : 1);
  std::replace(out.begin(), out.end(), '/', '.');
  if (out.size() > bytes_max) out.erase(0, out.size() - bytes_max);
  if (out.starts_with('$')) out.front() = '.';
  return out;
}

std::string milliseconds_of(duration d) {
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

}  // namespace

// ---- far_place

std::string far_place::lives_at() const {
  const std::lock_guard hold{mutex_};
  return at_;
}

void far_place::moved(std::string to) {
  const std::lock_guard hold{mutex_};
  at_ = std::move(to);
}

// ---- the end of the actor

/// Tells the cell of it. Stays while a link keeps it, which is until the end is told.
class far_child::end_of_actor final : public address {
 public:
  end_of_actor(cell& of, std::uint64_t errand) : cell_(&of), errand_(errand) {}

  void post(engine::envelope_ptr e) noexcept override {
    if (e->type != &terminated_type) return;
    cell_->run_inside([why = e->as<terminated>().reason(), errand = errand_](cell& c) {
      if (c.body()) static_cast<far_child*>(c.body())->ended(errand, why);
    });
  }
  std::string path() const override { return cell_->path(); }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return &cell_->env(); }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  const cell_ptr cell_;
  const std::uint64_t errand_;
};

// ---- far_child

cell_props far_child_props(const actor_class& kind, far_child_plan_ptr plan) {
  cell_props props;
  props.type = &kind;
  props.how = recipe_of<far_child>(std::move(plan));
  return props;
}

far_child::far_child(far_child_plan_ptr plan) : self_(cell::current()), plan_(std::move(plan)) {
  check(self_ != nullptr, "the stand-in of a remote child is made by its cell");
}

far_child::~far_child() {
  if (limit_) limit_->cancel();
  // Ended by force: its children, the lease among them, are told to stop (FC4).
  if (actor_) actor_->watch_from_outside(*listener_, false);
  if (self_->shown()) place().moved({});
  for (auto& e : waiting_) self_->env().dead_letter(std::move(e), self_->path(), errc::stopped);
}

far_place& far_child::place() const { return static_cast<far_place&>(*self_->shown()); }

// ---- start

bool far_child::start_body() {
  if (self_->settings().poison.what != poison_policy::fate::drop)
    throw failed{{errc::start_failed,
                  "a remote child can have no poison policy but drop: the message it fails on is on its node "
                  "(FC6)"}};
  if (!self_->shown()) self_->show(std::make_unique<far_place>());
  request_ = plan_->request(self_->env());
  request_.name = name_there(self_->path());
  request_.owner = self_->number();
  request_.bound = true;
  const duration time = self_->settings().shutdown_time;
  request_.shutdown_time = time == duration::max() ? time : time - way_time(time);
  at_ = place().due;
  try_node();
  return false;  // `told` follows
}

void far_child::try_node() {
  spawn_order order;
  order.node = node();
  order.what = request_;
  order.patience = plan_->where.patience();
  order.report = [of = cell_ptr{self_}](cell& errand, result<address_ptr> how) {
    of->run_inside([number = errand.number(), how = std::move(how)](cell& c) {
      if (c.body()) static_cast<far_child*>(c.body())->told(number, how);
    });
  };
  ++tried_;
  errand_ =
      cell::spawn(self_->env(), cell_ptr{self_}, props_of<spawn_errand>(self_->env(), {}, std::move(order)))
          .value();
}

void far_child::told(std::uint64_t errand, result<address_ptr> how) {
  if (!errand_ || errand_->number() != errand || actor_) return;
  if (how) {
    actor_ = *how;
    listener_ = address_ptr{new end_of_actor{*self_, errand}};
    place().due = at_;
    place().moved(actor_->path());
    actor_->watch_from_outside(*listener_, true);
    return self_->start_finished({});
  }
  if (self_->status() != cell_status::starting) return;  // it is on its way out, and the lease with it
  // What that node may have made all the same is given up with the lease (FC4).
  std::exchange(errand_, nullptr)->request_stop(exit_kind::shutdown);
  const error& why = how.error();
  if (why.code == errc::start_failed) return self_->start_finished(why);
  refusals_ += (refusals_.empty() ? "" : "; ") + why.text;
  at_ = plan_->where.behind(at_);
  place().due = at_;
  if (tried_ < plan_->where.nodes().size()) {
    try {
      return try_node();
    } catch (const failed& no) {  // the system goes down
      refusals_ += "; " + no.why().text;
    }
  }
  self_->start_finished(error{why.code, "it can't be placed: " + refusals_});
}

// An errand that has failed is one that nobody hears of any more.
void far_child::child_failed(cell& child, const failure& why) {
  body::child_failed(child, why);
  told(child.number(), why.why);
}

// ---- messages (FC2)

void far_child::receive(delivery& d) {
  if (!actor_) {
    waiting_.push_back(d.keep());
    return;
  }
  engine::worker::send_kept();  // what was sent before this message comes before it there too (M3)
  actor_->post(d.keep());
}

void far_child::give_back(std::deque<engine::envelope_ptr>& put_back) {
  for (auto& e : std::exchange(waiting_, {})) put_back.push_back(std::move(e));
}

void far_child::end_tasks() noexcept {
  // S6: a restart keeps them for the next one. A stop leaves them to the destructor.
  if (self_->status() == cell_status::restarting) self_->put_first(std::exchange(waiting_, {}));
}

// ---- ends

void far_child::ended(std::uint64_t errand, const exit_reason& why) {
  if (!actor_ || !errand_ || errand_->number() != errand) return;
  const std::string where = actor_->path();
  actor_ = nullptr;
  place().moved({});
  if (leaves_) return self_->let_go_finished(false);
  if (self_->status() != cell_status::running) return;
  const bool away = why.kind == exit_kind::unreachable || why.kind == exit_kind::shutdown;
  place().due = plan_->where.due_after(at_, away);
  error as{errc::stopped, {}, why.why.type, where};
  switch (why.kind) {
    case exit_kind::normal:
      return self_->stop_self();
    case exit_kind::failed:
      as.code = why.why.code;
      as.text = why.why.text;
      break;
    case exit_kind::unreachable:
      as.code = errc::unreachable;
      as.text = "its node was declared down: " + why.why.text;
      break;
    case exit_kind::gone:
      as.text = "it had ended on its node before it could be watched";
      break;
    case exit_kind::shutdown:
    case exit_kind::killed:
      as.text = "it was stopped on its node: " + to_string(why);
      break;
  }
  self_->fail(std::move(as), nullptr);
}

duration far_child::way_time(duration shutdown_time) noexcept {
  return std::min<duration>(seconds{1}, shutdown_time / 4);
}

// The lease, a child, has been stopped by now: the other node hears of it (FC4), and has the actor stop.
bool far_child::let_go() {
  if (!actor_) return true;
  const duration time = self_->settings().shutdown_time;
  if (time == duration::zero()) return true;  // nobody wants to wait
  if (!std::exchange(leaves_, true) && time != duration::max())
    limit_ = cell_timer::start(*self_, self_->env().from_now(time - way_time(time) / 2),
                               [this](cell&) { overdue(); });
  return false;
}

void far_child::overdue() {
  limit_ = nullptr;
  if (!actor_) return;
  self_->env().events().publish(
      {event_kind::shutdown_slow,
       self_->env().now(),
       self_->path(),
       {},
       "the end of its actor " + actor_->path() + " was not heard of within " +
           milliseconds_of(self_->settings().shutdown_time - way_time(self_->settings().shutdown_time) / 2),
       "given up (FC5): it ends when " + node() + " hears of it, or declares this node down"});
  actor_->watch_from_outside(*listener_, false);
  actor_ = nullptr;
  place().moved({});
  self_->let_go_finished(true);
}

void far_child::describe_body(body_description& out) const {
  if (self_->shown()) out.state = "{\"lives_at\":\"" + place().lives_at() + "\"}";
}

}  // namespace troupe::detail
