#include <atomic>
#include <iterator>
#include <memory>
#include <optional>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/terminated.hpp>
#include <troupe/engine/gate.hpp>
#include <troupe/system/waiter.hpp>
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

void supervision::stop() { top_->request_stop({exit_kind::shutdown, {}}); }

void supervision::when_ended(std::function<void(const exit_reason&)> then) const {
  top_->add_watcher(address_ptr{new end_listener{std::move(then)}});
}

}  // namespace troupe

namespace troupe::detail {

supervisor_spec spec_of(const one_for_one& s) { return {strategy::one_for_one, {s.intensity, s.period}, {}}; }

supervisor_spec spec_of(const dynamic& s) {
  return {strategy::dynamic, {s.intensity, s.period}, {}, s.children_max};
}

void add_children(supervisor_spec& to, child_spec one) { to.children.push_back(std::move(one)); }

void add_children(supervisor_spec& to, std::vector<child_spec> several) {
  to.children.insert(to.children.end(), std::make_move_iterator(several.begin()),
                     std::make_move_iterator(several.end()));
}

cell_ptr supervise(system& sys, std::string name, supervisor_spec spec) {
  check(engine::worker::current() == nullptr,
        "supervise waits for the start; inside an actor use a child_supervisor spec");
  struct outcome {
    explicit outcome(port::stepper* by) : there(by) {}
    engine::gate there;
    std::optional<result<void>> how;  // guarded by the gate's mutex
  };
  auto shared = std::make_shared<outcome>(sys.platform().stepper());
  cell_props props = supervisor_props(std::move(spec));
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

void start_dynamic(environment& env, const std::string& path, child_spec spec) {
  spec.id = std::to_string(env.next_id());
  const cell_ptr at = env.resolve(path);
  if (!at) {
    env.events().log(log_level::warning, path, "can't start a child: there is no supervisor here");
    return;
  }
  const auto refuse = [](cell& c, const std::string& why) {
    c.env().events().log(log_level::warning, c.path(), "can't start a child: " + why);
  };
  at->run_inside(
      [spec = std::move(spec), refuse](cell& c) mutable {
        auto* const dynamic_supervisor = dynamic_cast<supervisor*>(c.body());
        if (!dynamic_supervisor || c.status() != cell_status::running)
          return refuse(c, "no supervisor runs here");
        if (const auto made = dynamic_supervisor->start_dynamic(std::move(spec)); !made)
          refuse(c, made.error().text);
      },
      [refuse](cell& c) { refuse(c, "its supervisor has stopped"); });
}

}  // namespace troupe::detail
