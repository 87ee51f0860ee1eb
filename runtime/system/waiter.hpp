// Lets a plain thread wait for the end of a cell.
#pragma once

#include <condition_variable>
#include <mutex>
#include <troupe/cell/address.hpp>
#include <troupe/engine/scheduler.hpp>

namespace troupe {

/// An address that notes the arrival of one message. A thread waits for it.
class waiter final : public address {
 public:
  void post(engine::envelope_ptr e) noexcept override {
    engine::worker::send_kept();
    e.reset();
    const std::lock_guard hold{mutex_};
    arrived_ = true;
    condition_.notify_all();
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
    std::unique_lock hold{mutex_};
    condition_.wait(hold, [this] { return arrived_; });
  }

  /// Waits until the message is there; false when `limit` passed first.
  bool wait_for(duration limit) {
    std::unique_lock hold{mutex_};
    return condition_.wait_for(hold, limit, [this] { return arrived_; });
  }

 private:
  std::atomic<unsigned> references_{0};
  std::mutex mutex_;
  std::condition_variable condition_;
  bool arrived_ = false;
};

}  // namespace troupe
