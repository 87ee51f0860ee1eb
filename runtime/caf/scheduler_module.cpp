#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>
#include <latch>
#include <limits>
#include <memory>
#include <troupe/base/limits.hpp>
#include <troupe/caf/clock.hpp>
#include <troupe/caf/plain_actors.hpp>
#include <troupe/caf/printer.hpp>
#include <troupe/caf/scheduler_module.hpp>
#include <vector>

namespace troupe {

namespace {

class module;

/// What a resumable sees of the worker it runs on (CM2).
class unit final : public caf::execution_unit {
 public:
  unit(caf::actor_system& system, module& owner) : execution_unit(&system), owner_(owner) {}
  void exec_later(caf::resumable* what) override;

 private:
  module& owner_;
};

/// One run of a resumable (CM1).
class job final : public engine::runnable {
 public:
  job(module& owner, caf::resumable* what) noexcept : owner_(owner), what_(what) {}
  void run_turn() override;

 private:
  module& owner_;
  caf::resumable* what_;
};

/// Makes one worker let go of CAF's logger (CM5), and stays with it until all have: so no worker gets two of these.
class letting_go final : public engine::runnable {
 public:
  explicit letting_go(std::shared_ptr<std::latch> all) noexcept : all_(std::move(all)) {}
  void run_turn() override {
    caf::logger::set_current_actor_system(nullptr);
    const auto all = all_;
    delete this;
    all->arrive_and_wait();
  }

 private:
  std::shared_ptr<std::latch> all_;
};

void let_go_of_logger(engine::scheduler& scheduler) {
  if (scheduler.platform().stepper())
    return caf::logger::set_current_actor_system(nullptr);  // its workers are this thread
  const auto all = std::make_shared<std::latch>(scheduler.worker_count() + 1);
  for (unsigned i = 0; i < scheduler.worker_count(); ++i) scheduler.submit(*new letting_go{all});
  all->arrive_and_wait();
}

class module final : public caf::scheduler::abstract_coordinator {
 public:
  module(caf::actor_system& system, environment& env,
         std::shared_ptr<plain_actors> actors) :abstract_coordinator(system),
      env_(env), actors_(std::move(actors)), clock_(env.scheduler()), unit_(system, *this),
      gate_(env.platform().stepper()) {}

  void enqueue(caf::resumable* what) override {
    jobs_.fetch_add(1, std::memory_order_relaxed);
    auto* const j = new job{*this, what};
    scheduler().submit(*j);
  }

  /// A job has come to its end, or the module itself (CM4).
  void job_done() noexcept {
    // acq_rel: what the jobs did is seen by the last to go, and through the lock by `stop`.
    if (jobs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    // Under the lock to the end: as soon as it is released, `stop` may return and the module be destroyed.
    const std::lock_guard hold{gate_.mutex};
    no_jobs_ = true;
    gate_.notify_all();
  }

  caf::actor_clock& clock() noexcept override { return clock_; }
  bool detaches_utility_actors() const override { return false; }

  void init(caf::actor_system_config& config) override {
    abstract_coordinator::init(config);
    if (max_throughput_ == std::numeric_limits<std::size_t>::max())
      max_throughput_ = limits::turn_messages_max;  // CM6
  }

  void start() override { utility_actors_[printer_id] = spawn_caf_printer(system()); }

  void stop() override {
    if (port::stepper* const by = env_.platform().stepper()) {
      // `stop_actors` waits in CAF, where nobody steps: so they have ended before.
      for (const auto& utility : utility_actors_)
        if (utility) caf::anon_send_exit(utility, caf::exit_reason::user_shutdown);
      by->wait([this] { return jobs_.load(std::memory_order_relaxed) == 1; }, never, "CAF's own actors");
    }
    stop_actors();
    clock_.close();
    // CM4: CAF takes itself apart after this; what still runs would run on ruins.
    job_done();
    std::unique_lock hold{gate_.mutex};
    gate_.wait(
        hold, [this] { return no_jobs_; }, "the turns of CAF's actors");
    let_go_of_logger(scheduler());
  }

  unit& execution() noexcept { return unit_; }
  engine::scheduler& scheduler() noexcept { return env_.scheduler(); }
  plain_actors& actors() noexcept { return *actors_; }
  environment& env() noexcept { return env_; }

 private:
  environment& env_;
  std::shared_ptr<plain_actors> actors_;
  caf_clock clock_;
  unit unit_;                         // stateless: every worker queues on itself through scheduler::submit
  std::atomic<std::size_t> jobs_{1};  // the module is one
  engine::gate gate_;
  bool no_jobs_ = false;  // guarded by the gate's mutex
};

void unit::exec_later(caf::resumable* what) { owner_.enqueue(what); }

void job::run_turn() {
  if (what_->subtype() == caf::resumable::scheduled_actor)
    owner_.actors().before_turn(static_cast<caf::scheduled_actor&>(*what_));
  if (what_->resume(&owner_.execution(), owner_.max_throughput()) == caf::resumable::resume_later) {
    owner_.scheduler().submit_last(*this);
    return;
  }
  caf::intrusive_ptr_release(what_);
  module& owner = owner_;
  delete this;
  owner.job_done();
}

}  // namespace

std::shared_ptr<plain_actors> host_caf_on(caf::actor_system_config& config, environment& env) {
  auto actors = std::make_shared<plain_actors>(env.platform().stepper());
  config.module_factories.push_back([&env, actors](caf::actor_system& system) -> caf::actor_system::module* {
    return new module{system, env, actors};
  });
  return actors;
}

environment* environment_of(caf::actor_system& system) noexcept {
  auto* const ours = dynamic_cast<module*>(&system.scheduler());
  return ours ? &ours->env() : nullptr;
}

}  // namespace troupe
