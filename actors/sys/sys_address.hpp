// The address behind a ref to the system side of an actor: what is sent there becomes a signal to the cell.
#pragma once

#include <atomic>
#include <troupe/cell/cell.hpp>

namespace troupe::detail {

/// See above. Thread-safe.
class sys_address final : public address {
 public:
  /// That of the actor behind `who`, which is not null.
  explicit sys_address(address_ptr who) noexcept : who_(std::move(who)) {}

  void post(engine::envelope_ptr e) noexcept override;
  std::string path() const override { return who_->path(); }
  cell_ptr here() noexcept override { return who_->here(); }
  environment* home() const noexcept override { return who_->home(); }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  const address_ptr who_;
};

}  // namespace troupe::detail
