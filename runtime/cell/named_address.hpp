// Where a named ref leads: to whoever holds its path now (L5), so it stays valid across final stops.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <troupe/cell/cell.hpp>

namespace troupe {

/// An address that is a path. Keeps the cell it found last and looks again once that has stopped; a path of a resolver's is looked up
/// on each use (names.hpp, NM1). Thread-safe.
class named_address final : public address {
 public:
  named_address(environment& env, std::string path) : env_(&env), path_(std::move(path)) {}

  void post(engine::envelope_ptr e) noexcept override;
  std::string path() const override { return path_; }
  cell_ptr here() noexcept override;
  environment* home() const noexcept override { return env_.get(); }
  const actor_class* understands() noexcept override;
  address_ptr offered(engine::envelope_ptr& e) noexcept override;
  std::string token() override { return path_; }
  bool is_elsewhere() noexcept override;
  std::uint64_t watch_from_outside(address& watcher, bool yes) override;
  std::uint64_t link_number(cell& linker, bool make) override;
  bool link_from_outside(cell& linker, std::uint64_t number, std::uint32_t id, bool yes) override;
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  // Who is there now; null: nobody.
  address_ptr now() noexcept;

  std::atomic<unsigned> references_{0};
  boost::intrusive_ptr<environment> env_;
  const std::string path_;
  std::mutex mutex_;
  cell_ptr found_;                       // guarded by mutex_
  std::shared_ptr<resolver> by_;         // guarded by mutex_; null: the tree
  std::size_t resolvers_looked_at_ = 0;  // guarded by mutex_; how many there were when `by_` was chosen
};

}  // namespace troupe
