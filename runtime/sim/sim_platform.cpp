#include <cstdio>
#include <cstdlib>
#include <troupe/base/check.hpp>
#include <troupe/sim/sim_files.hpp>
#include <troupe/sim/sim_platform.hpp>
#include <troupe/sim/world.hpp>

namespace troupe::sim {

namespace {

class sim_clock final : public port::clock {
 public:
  sim_clock(const world& in, host& on) : world_(in), host_(on) {}
  time_point now() const noexcept override { return world_.clock_of(host_); }
  std::chrono::system_clock::time_point wall() const noexcept override {
    // The first second of 2020, and what has passed since the world began.
    return std::chrono::system_clock::time_point{std::chrono::seconds{1'577'836'800}} +
           duration_cast<std::chrono::system_clock::duration>(now().time_since_epoch());
  }

 private:
  const world& world_;
  host& host_;
};

class sim_entropy final : public port::entropy {
 public:
  explicit sim_entropy(host& on) : host_(on) {}
  std::uint64_t next() noexcept override { return host_.random.next(); }

 private:
  host& host_;
};

/// Nobody waits in it: arrivals are events of the world.
class no_driver final : public port::driver {
 public:
  std::size_t poll() override { return 0; }
  std::size_t wait_until(time_point) override {
    check(false, "nobody waits in the driver of a simulated host");
    return 0;
  }
  void interrupt() noexcept override {}
};

class sim_stepper final : public port::stepper {
 public:
  sim_stepper(world& in, host& on) : world_(in), host_(on) {}
  void attach(port::stepped& one) override { world_.attach(host_, one); }
  void detach(port::stepped& one) noexcept override { world_.detach(host_, one); }
  bool turn_is_over() override { return world_.turn_is_over(host_); }
  bool wait(const std::function<bool()>& there, time_point until, const std::string& for_what) override {
    return world_.wait_on(host_, there, until, for_what);
  }

 private:
  world& world_;
  host& host_;
};

class sim_process final : public port::process {
 public:
  sim_process(port::stepper& by) : by_(by) {}
  result<std::unique_ptr<port::child_process>> start(const port::command& what) override {
    return error{errc::not_found, "can't start " + what.program + ": a simulated host has no other programs"};
  }
  int wait_for_signal() override {
    by_.wait([this] { return released_; }, never, "a signal");
    return 0;
  }
  void release_signal_wait() noexcept override { released_ = true; }
  [[noreturn]] void quick_exit(int code) noexcept override {
    std::fprintf(stderr, "troupe: a simulated process wants to end at once, with code %d\n", code);
    std::abort();
  }

 private:
  port::stepper& by_;
  bool released_ = false;
};

}  // namespace

struct sim_platform::parts {
  parts(world& in, host& on)
      : at(in),
        where(on),
        clock(in, on),
        entropy(on),
        stepper(in, on),
        transport(in.network().transport_of(on)),
        files(in, on),
        process(stepper) {}

  world& at;
  host& where;
  sim_clock clock;
  sim_entropy entropy;
  no_driver driver;
  sim_stepper stepper;
  std::unique_ptr<port::transport> transport;
  sim_files files;
  sim_process process;
};

sim_platform::sim_platform(world& in, host& on) : parts_(std::make_unique<parts>(in, on)) {}
sim_platform::~sim_platform() { parts_->at.shut(parts_->where); }

port::clock& sim_platform::clock() noexcept { return parts_->clock; }
port::entropy& sim_platform::entropy() noexcept { return parts_->entropy; }
port::driver& sim_platform::driver() noexcept { return parts_->driver; }
port::transport& sim_platform::transport() noexcept { return *parts_->transport; }
port::files& sim_platform::files() noexcept { return parts_->files; }
port::process& sim_platform::process() noexcept { return parts_->process; }
port::stepper* sim_platform::stepper() noexcept { return &parts_->stepper; }

std::unique_ptr<port::parker> sim_platform::make_parker() {
  check(false, "nothing parks on a simulated host (PF1)");
  return nullptr;
}

}  // namespace troupe::sim
