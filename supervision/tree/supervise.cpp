#include <atomic>
#include <iterator>
#include <memory>
#include <optional>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/terminated.hpp>
#include <troupe/engine/gate.hpp>
#include <troupe/system/waiter.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervise.hpp>
#include <troupe/tree/supervisor.hpp>

namespace troupe {

namespace {

/// An address that hands the reason of a `terminated` on, for those who are no actors.
class end_listener final : public address {
 public:
  explicit end_listener(std::function<void(const exit_reason&)> then) : then_(std::move(then)) {}

  void post(engine::envelope_ptr e) noexcept override {
    if (e->type == &terminated_type) then_(e->as<terminated>().reason());
  }
  std::string path() const override { return "(who waits for an end)"; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return nullptr; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  const std::function<void(const exit_reason&)> then_;
};

}  // namespace

std::string supervision::path() const { return top_->path(); }

supervisor_ref supervision::ref_to_supervisor(const std::string& below) const {
  return ref_to<which_children, count_children, start_child, start_from_pattern, terminate_child,
                restart_child, delete_child, replace_child, set_restart_limit, set_strategy, what_if,
                recent_decisions>(*env_, path() + below);
}

void supervision::stop() { top_->request_stop({exit_kind::shutdown, {}}); }

void supervision::when_ended(std::function<void(const exit_reason&)> then) const {
  top_->add_watcher(address_ptr{new end_listener{std::move(then)}});
}

}  // namespace troupe

namespace troupe::detail {

namespace {

template <class Strategy>
supervisor_spec shape_of(strategy how, const Strategy& s) {
  supervisor_spec out;
  out.how = how;
  out.limit = {s.intensity, s.period};
  out.ends = s.auto_shutdown;
  out.rules = s.rules;
  return out;
}

}  // namespace

supervisor_spec spec_of(const one_for_one& s) { return shape_of(strategy::one_for_one, s); }
supervisor_spec spec_of(const one_for_all& s) { return shape_of(strategy::one_for_all, s); }
supervisor_spec spec_of(const rest_for_one& s) { return shape_of(strategy::rest_for_one, s); }
supervisor_spec spec_of(const dynamic& s) {
  supervisor_spec out = shape_of(strategy::dynamic, s);
  out.children_max = s.children_max;
  return out;
}

void add_children(supervisor_spec& to, child_spec one) {
  if (to.how == strategy::dynamic && one.id.empty() && !to.pattern)
    to.pattern = std::move(one);
  else
    to.children.push_back(std::move(one));
}

void tell_to_start(const ref<start_child>& whom, child_spec spec) { whom.tell(start_child{std::move(spec)}); }

future<child_info> ask_to_start(const ref<start_child>& whom, child_spec spec, duration timeout) {
  return whom.ask(start_child{std::move(spec)}, timeout);
}

child_spec supervisor_child(std::string id, supervisor_spec spec) {
  child_spec out;
  out.id = std::move(id);
  out.is_supervisor = true;
  out.below = std::make_shared<const supervisor_spec>(std::move(spec));
  out.make = [below = out.below](environment&) { return supervisor_props(below); };
  return out;
}

void add_children(supervisor_spec& to, std::vector<child_spec> several) {
  to.children.insert(to.children.end(), std::make_move_iterator(several.begin()),
                     std::make_move_iterator(several.end()));
}

cell_ptr supervise(system& sys, std::string name, supervisor_spec spec) {
  if (engine::worker::current())
    throw failed{{errc::invalid,
                  "supervise '" + name +
                      "' on a worker, where it can't wait for the start: inside an actor spawn children, "
                      "or name it as child_supervisor in the spec of a supervisor"}};
  struct outcome {
    explicit outcome(port::stepper* by) : there(by) {}
    engine::gate there;
    std::optional<result<void>> how;  // guarded by the gate's mutex
  };
  auto shared = std::make_shared<outcome>(sys.platform().stepper());
  cell_props props = supervisor_props(std::make_shared<const supervisor_spec>(std::move(spec)));
  props.name = std::move(name);
  props.on_first_start = [shared](result<void> how) {
    const std::lock_guard hold{shared->there.mutex};
    shared->how = std::move(how);
    shared->there.notify_all();
  };
  cell_ptr top = cell::spawn(sys.env(), sys.user_root(), std::move(props)).value();
  std::unique_lock hold{shared->there.mutex};
  shared->there.wait(
      hold, [&] { return shared->how.has_value(); }, "the start of a supervisor");
  if (shared->how->has_value()) return top;
  // Its parent stops it now; wait for that, so that the name is free when the caller catches this.
  const boost::intrusive_ptr<waiter> gone{new waiter{sys.platform()}};
  top->add_watcher(gone);
  gone->wait_for(sys.options().shutdown_deadline);
  throw failed{shared->how->error()};
}

}  // namespace troupe::detail
