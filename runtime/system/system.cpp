#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <troupe/base/check.hpp>
#include <troupe/caf/scheduler_module.hpp>
#include <troupe/observe/stderr_log.hpp>
#include <troupe/os/os_platform.hpp>
#include <troupe/system/system.hpp>
#include <troupe/system/waiter.hpp>

namespace troupe {

namespace {

/// The body of `/`, `/user` and `/system`: has children, takes no messages.
class guardian final : public body {
 public:
  void receive(engine::envelope_ptr& e) override {
    if (cell* self = cell::current())
      self->env().dead_letter(std::move(e), self->path(), errc::not_understood);
  }
};

constexpr actor_class guardian_class{"guardian"};

cell_ptr spawn_guardian(environment& env, cell_ptr parent, std::string name) {
  cell_props props;
  props.name = std::move(name);
  props.type = &guardian_class;
  props.factory = [] { return std::make_unique<guardian>(); };
  props.shutdown_time = duration::max();
  return cell::spawn(env, std::move(parent), std::move(props)).value();
}

unsigned worker_count(unsigned wanted) {
  if (wanted) return wanted;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores ? cores : 1;
}

void report_living(const cell_ptr& c, unsigned depth) {
  std::fprintf(stderr, "troupe: %*s%s (%s)\n", static_cast<int>(2 * depth), "", c->path().c_str(),
               std::string{to_string(c->status())}.c_str());
  for (const auto& child : c->children()) report_living(child, depth + 1);
}

}  // namespace

boost::intrusive_ptr<cell> waiter::here() noexcept { return {}; }

system::system(system_options options, std::unique_ptr<port::platform> platform,
               std::vector<std::unique_ptr<extension>> extensions)
    : options_(std::move(options)),
      platform_(platform ? std::move(platform) : make_os_platform()),
      env_(new environment{*platform_, worker_count(options_.workers), options_.blocking_threads}),
      extensions_(std::move(extensions)),
      caf_config_(std::make_unique<caf::actor_system_config>()) {
  env_->events().log_to(stderr_log(options_.name), options_.log);
  host_caf_on(*caf_config_, env_->scheduler());
  for (auto& e : extensions_) e->configure(*caf_config_);
  env_->scheduler().start();
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

int system::run_until_signal() {
  platform_->process().wait_for_signal();
  shutdown();
  return exit_code_.load();
}

void system::end(int code) noexcept {
  exit_code_.store(code);
  platform_->process().release_signal_wait();
}

void system::give_up(const cell_ptr& top) {
  std::fprintf(stderr, "troupe: shutdown took longer than %lld ms; still alive:\n",
               static_cast<long long>(duration_cast<milliseconds>(options_.shutdown_deadline).count()));
  report_living(top, 1);
  std::fprintf(stderr, "troupe: CAF counts %zu running actors; ending the process\n",
               caf_->registry().running());
  platform_->process().quick_exit(70);  // EX_SOFTWARE of sysexits.h
  std::abort();                         // the compiler does not believe a virtual noreturn function
}

void system::stop_tree(const cell_ptr& top, time_point deadline) {
  const boost::intrusive_ptr<waiter> done{new waiter};
  top->add_watcher(done);
  top->request_stop({exit_kind::shutdown, {}});
  const duration left = deadline - platform_->clock().now();
  if (!done->wait_for(left > duration::zero() ? left : duration::zero())) give_up(top);
}

void system::shutdown() {
  check(engine::worker::current() == nullptr,
        "a system can't be shut down from one of its own workers (SY3)");
  if (down_.exchange(true)) return;
  const time_point deadline = after(platform_->clock().now(), options_.shutdown_deadline);
  platform_->process().release_signal_wait();
  stop_tree(user_, deadline);
  for (auto e = extensions_.rbegin(); e != extensions_.rend(); ++e) (*e)->stop(*this);
  stop_tree(root_, deadline);  // and with it /system
  env_->set_root(nullptr);
  env_->set_caf(nullptr);
  caf_.reset();
  env_->blocking().stop();
  env_->scheduler().stop();
  env_->timers().clear();
  env_->close();
  root_ = user_ = system_ = nullptr;
  extensions_.clear();
}

}  // namespace troupe
