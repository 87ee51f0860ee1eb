// Refs by path. A named ref resolves to whoever holds the path now (L5), so it stays valid across final
// stops.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

/// An address that is a path. Keeps the cell it found last and looks again once that has stopped.
/// Thread-safe.
class named_address final : public address {
 public:
  named_address(environment& env, std::string path) : env_(&env), path_(std::move(path)) {}

  void post(engine::envelope_ptr e) noexcept override;
  std::string path() const override { return path_; }
  cell_ptr here() noexcept override;
  environment* home() const noexcept override { return env_.get(); }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  boost::intrusive_ptr<environment> env_;
  const std::string path_;
  std::mutex mutex_;
  cell_ptr found_;  // guarded by mutex_
};

/// A ref to the actor at `path` in the system of `env`. The path need not exist yet.
template <class... Ts>
ref<Ts...> ref_to(environment& env, std::string path) {
  return ref<Ts...>{address_ptr{new named_address{env, std::move(path)}}};
}

}  // namespace troupe
