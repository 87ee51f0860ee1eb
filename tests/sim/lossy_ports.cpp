#include "sim/lossy_ports.hpp"

#include <cstdlib>
#include <optional>
#include <vector>

namespace simulations {

namespace {

using namespace troupe;

/// The turns of a dispatcher without the one that is lost.
class lossy final : public port::stepped {
 public:
  lossy(port::stepped& inner, std::uint64_t after) : inner_(inner), left_(after) {}

  bool is(const port::stepped& one) const noexcept { return &inner_ == &one; }
  void find_again() noexcept {
    lost_.reset();
    left_ = 0;
  }

  std::size_t ready() const noexcept override { return inner_.ready() - (lost_ ? 1 : 0); }
  void run(std::size_t which) override {
    if (lost_ && which >= *lost_)
      ++which;
    else if (lost_)
      --*lost_;  // it moves up
    const std::size_t before = inner_.ready() - 1;
    inner_.run(which);
    const std::size_t now = inner_.ready();
    if (now > before && left_ > 0 && --left_ == 0) lost_ = now - 1;
  }
  time_point next_due() const noexcept override { return inner_.next_due(); }
  bool fire() override { return inner_.fire(); }

 private:
  port::stepped& inner_;
  std::uint64_t left_;  // so many turns that submit others until one of these is lost; 0: none is
  std::optional<std::size_t> lost_;  // where it is in the queue
};

class lossy_stepper final : public port::stepper {
 public:
  lossy_stepper(port::stepper& inner, std::uint64_t after) : inner_(inner), after_(after) {}

  void find_again() noexcept {
    for (const auto& one : all_) one->find_again();
  }

  void attach(port::stepped& one) override {
    all_.push_back(std::make_unique<lossy>(one, after_));
    inner_.attach(*all_.back());
  }
  void detach(port::stepped& one) noexcept override {
    for (const auto& each : all_)
      if (each->is(one)) inner_.detach(*each);
  }
  bool turn_is_over() override { return inner_.turn_is_over(); }
  bool wait(const std::function<bool()>& there, time_point until, const std::string& for_what) override {
    return inner_.wait(there, until, for_what);
  }

 private:
  port::stepper& inner_;
  const std::uint64_t after_;
  std::vector<std::unique_ptr<lossy>> all_;
};

/// A shutdown begins with the release of whoever waits for a signal.
class finding_process final : public port::process {
 public:
  finding_process(port::process& inner, lossy_stepper& lost) : inner_(inner), lost_(lost) {}
  result<std::unique_ptr<port::child_process>> start(const port::command& what) override {
    return inner_.start(what);
  }
  int wait_for_signal() override { return inner_.wait_for_signal(); }
  void release_signal_wait() noexcept override {
    lost_.find_again();
    inner_.release_signal_wait();
  }
  [[noreturn]] void quick_exit(int code) noexcept override {
    inner_.quick_exit(code);
    std::abort();  // which the compiler does not know to be out of reach
  }

 private:
  port::process& inner_;
  lossy_stepper& lost_;
};

class lossy_platform final : public port::platform {
 public:
  lossy_platform(std::unique_ptr<port::platform> inner, std::uint64_t after)
      : inner_(std::move(inner)),
        stepper_(*inner_->stepper(), after),
        process_(inner_->process(), stepper_) {}

  port::clock& clock() noexcept override { return inner_->clock(); }
  port::entropy& entropy() noexcept override { return inner_->entropy(); }
  port::driver& driver() noexcept override { return inner_->driver(); }
  port::transport& transport() noexcept override { return inner_->transport(); }
  port::files& files() noexcept override { return inner_->files(); }
  port::process& process() noexcept override { return process_; }
  port::stepper* stepper() noexcept override { return &stepper_; }
  std::unique_ptr<port::parker> make_parker() override { return inner_->make_parker(); }

 private:
  std::unique_ptr<port::platform> inner_;
  lossy_stepper stepper_;
  finding_process process_;
};

}  // namespace

std::unique_ptr<port::platform> lossy_ports(std::unique_ptr<port::platform> inner, std::uint64_t after) {
  return std::make_unique<lossy_platform>(std::move(inner), after);
}

}  // namespace simulations
