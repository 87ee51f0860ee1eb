#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cerrno>
#include <string>
#include <thread>
#include <troupe/base/check.hpp>
#include <troupe/caf/plain_actors.hpp>
#include <troupe/caf/scheduler_module.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/flight_recorder.hpp>
#include <troupe/observe/stderr_log.hpp>
#include <troupe/os/os_platform.hpp>
#include <troupe/system/guardian.hpp>
#include <troupe/system/shutdown_watch.hpp>
#include <troupe/system/system.hpp>
#include <troupe/system/waiter.hpp>

namespace troupe {

namespace {

cell_ptr spawn_guardian(environment& env, cell_ptr parent, std::string name) {
  cell_props props;
  props.name = std::move(name);
  props.type = &guardian_class;
  props.how = recipe_of<guardian>();
  props.shutdown_time = duration::max();
  return cell::spawn(env, std::move(parent), std::move(props)).value();
}

unsigned worker_count(unsigned wanted) {
  if (wanted) return wanted;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores ? cores : 1;
}

/// The living part of a tree, a line an actor.
std::string living(const cell_ptr& c, unsigned depth = 1) {
  std::string out = "troupe: " + std::string(2 * depth, ' ') + c->path() + " (" +
                    std::string{to_string(c->status())} + ")\n";
  for (const auto& child : c->children()) out += living(child, depth + 1);
  return out;
}

/// The plain CAF actors that are left, as far as CAF lets us know them.
std::string living(const plain_actors& known, caf::actor_system& system) {
  constexpr std::size_t named_max = 20;
  std::string out;
  const auto names = known.living(named_max);
  for (const auto& name : names) out += "troupe:   CAF actor " + name + "\n";
  return out + "troupe:   CAF counts " + std::to_string(system.registry().running()) +
         " running actors; those without a name here have threads of their own\n";
}

}  // namespace

boost::intrusive_ptr<cell> waiter::here() noexcept { return {}; }

system::system() : system(system_options{}) {}

system::system(system_options options, std::vector<std::unique_ptr<extension>> extensions)
    : system(std::move(options), nullptr, std::move(extensions)) {}

system::system(system_options options, std::unique_ptr<port::platform> platform,
               std::vector<std::unique_ptr<extension>> extensions)
    : options_(std::move(options)),
      stack_traces_(options_.stack_traces),
      platform_(platform ? std::move(platform) : make_os_platform(options_.spin)),
      env_(new environment{
          *platform_,
          {worker_count(options_.workers), options_.blocking_threads, options_.dispatchers, options_.actors,
           options_.message_text_max, options_.slow_handler, options_.mailbox_sample_period}}),
      extensions_(std::move(extensions)),
      caf_config_(std::make_unique<caf::actor_system_config>()) {
  env_->events().log_to(
      options_.log_to ? options_.log_to
                      : stderr_log(options_.name.empty() ? program_invocation_short_name : options_.name),
      options_.log);
  env_->events().log_stacks(options_.stack_traces &&
                            !platform_->stepper());  // D1: what a build is like is no part of a run
  for (auto& one : options_.interceptors) env_->add_interceptor(one);
  for (auto& e : extensions_)
    for (auto& one : e->intercept()) env_->add_interceptor(std::move(one));
  // Behind the others: what they refuse is not handled.
  if (const std::size_t messages = options_.flight_recorder_messages)
    env_->add_interceptor(std::make_shared<flight_recorder>(messages));
  caf_actors_ = host_caf_on(*caf_config_, *env_);
  for (auto& e : extensions_) e->configure(*caf_config_);
  env_->scheduler().start();
  env_->dispatchers().start();
  caf_ = std::make_unique<caf::actor_system>(*caf_config_);
  env_->set_caf(caf_.get());
  root_ = spawn_guardian(*env_, nullptr, "");
  env_->set_root(root_);
  system_ = spawn_guardian(*env_, root_, "system");
  user_ = spawn_guardian(*env_, root_, "user");
  try {
    for (auto& e : extensions_) e->start(*this);
  } catch (...) {
    shutdown();
    throw;
  }
}

system::~system() { shutdown(); }

std::size_t system::caf_threads() const noexcept { return caf_->detached_actors(); }

hub& system::events() noexcept { return env_->events(); }

int system::run_until_signal() {
  platform_->process().wait_for_signal();
  shutdown();
  return exit_code_.load();
}

void system::end(int code) noexcept {
  exit_code_.store(code);
  platform_->process().release_signal_wait();
}

void system::stop_tree(const cell_ptr& top) {
  const boost::intrusive_ptr<waiter> done{new waiter{top->env().platform()}};
  top->add_watcher(done);
  top->request_stop(exit_kind::shutdown);
  done->wait();
}

void system::shutdown() {
  check(engine::worker::current() == nullptr,
        "a system can't be shut down from one of its own workers (SY3)");
  if (down_.exchange(true)) return;
  platform_->process().release_signal_wait();
  shutdown_watch watch{*platform_, options_.shutdown_deadline};
  watch.enter("/user", [top = user_] { return living(top); });
  stop_tree(user_);
  watch.enter("plain CAF actors", [this] { return living(*caf_actors_, *caf_); });
  caf_actors_->stop_all(*caf_);
  caf_actors_->await_end(*caf_);
  plain_actors::release_names(*caf_);
  watch.enter("its extensions", {});
  for (auto e = extensions_.rbegin(); e != extensions_.rend(); ++e) (*e)->stop(*this);
  watch.enter("/system", [top = root_] { return living(top); });
  stop_tree(root_);  // and with it /system
  env_->set_root(nullptr);
  env_->set_caf(nullptr);
  env_->dispatchers().stop([&](const std::string& name) {
    watch.enter("the threads of the dispatcher '" + name + "', which are in a turn that does not end", {});
  });
  // What is known now: the report must not look into a CAF system that is being destroyed.
  watch.enter("CAF's modules", [detached = caf_->detached_actors()] {
    return "troupe:   CAF counted " + std::to_string(detached) +
           " threads of its own when they began to stop; one lasts as long as the last handle to its actor\n";
  });
  caf_.reset();
  watch.enter("workers, one of which is in a turn that does not end", {});
  env_->scheduler().stop();
  env_->timers().clear();
  env_->names().close();                // NM6
  env_->events().invariants().close();  // IV5
  env_->close();
  root_ = user_ = system_ = nullptr;
  extensions_.clear();
}

}  // namespace troupe
