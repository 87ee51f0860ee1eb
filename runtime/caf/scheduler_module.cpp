#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <troupe/caf/clock.hpp>
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

class module final : public caf::scheduler::abstract_coordinator {
 public:
  module(caf::actor_system& system, engine::scheduler& scheduler) :abstract_coordinator(system),
      scheduler_(scheduler), clock_(scheduler), unit_(system, *this) {}

  void enqueue(caf::resumable* what) override {
    jobs_.fetch_add(1, std::memory_order_relaxed);
    auto* const j = new job{*this, what};
    scheduler_.submit(*j);
  }

  /// A job has come to its end.
  void job_done() noexcept {
    // acq_rel: what the job did is seen by `stop`, which reads the count under the lock.
    if (jobs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::lock_guard hold{mutex_};
    no_jobs_.notify_all();
  }

  caf::actor_clock& clock() noexcept override { return clock_; }
  bool detaches_utility_actors() const override { return false; }

  void start() override { utility_actors_[printer_id] = spawn_caf_printer(system()); }

  void stop() override {
    stop_actors();
    clock_.close();
    // CM4: CAF takes itself apart after this; what still runs would run on ruins.
    std::unique_lock hold{mutex_};
    no_jobs_.wait(hold, [this] { return jobs_.load(std::memory_order_acquire) == 0; });
  }

  unit& execution() noexcept { return unit_; }
  engine::scheduler& scheduler() noexcept { return scheduler_; }

 private:
  engine::scheduler& scheduler_;
  caf_clock clock_;
  unit unit_;  // stateless: every worker queues on itself through scheduler::submit
  std::atomic<std::size_t> jobs_{0};
  std::mutex mutex_;
  std::condition_variable no_jobs_;
};

void unit::exec_later(caf::resumable* what) { owner_.enqueue(what); }

void job::run_turn() {
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

void host_caf_on(caf::actor_system_config& config, engine::scheduler& scheduler) {
  config.module_factories.push_back([&scheduler](caf::actor_system& system) -> caf::actor_system::module* {
    return new module{system, scheduler};
  });
}

}  // namespace troupe
