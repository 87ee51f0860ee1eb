// Lets a plain thread wait for the end of a cell.
#pragma once

#include <atomic>
#include <troupe/cell/address.hpp>
#include <troupe/engine/gate.hpp>
#include <troupe/engine/scheduler.hpp>

namespace troupe {

/// An address that notes the arrival of one message. A thread waits for it.
class waiter final : public address {
 public:
  /// Waits for what happens on `platform`.
  explicit waiter(port::platform& platform) noexcept : platform_(platform), gate_(platform.stepper()) {}

  void post(engine::envelope_ptr e) noexcept override {
    engine::worker::send_kept();
    e.reset();
    const std::lock_guard hold{gate_.mutex};
    arrived_ = true;
    gate_.notify_all();
  }
  std::string path() const override { return "(a waiting thread)"; }
  boost::intrusive_ptr<cell> here() noexcept override;
  environment* home() const noexcept override { return nullptr; }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  /// Waits until the message is there.
  void wait() {
    std::unique_lock hold{gate_.mutex};
    gate_.wait(
        hold, [this] { return arrived_; }, "the end of an actor");
  }

  /// Waits until the message is there; false when `limit` passed first.
  bool wait_for(duration limit) {
    std::unique_lock hold{gate_.mutex};
    return gate_.wait_for(
        hold, platform_.clock(), limit, [this] { return arrived_; }, "the end of an actor");
  }

 private:
  std::atomic<unsigned> references_{0};
  port::platform& platform_;
  engine::gate gate_;
  bool arrived_ = false;  // guarded by the gate's mutex
};

}  // namespace troupe
