// A member or subscriber that is no actor of this process: counts what it is sent, and notes whether it is watched.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <troupe/cell/cell.hpp>

namespace routed {

/// See above. Lives in the test, before its system: it must outlive its references, which it counts.
class elsewhere final : public troupe::address {
 public:
  explicit elsewhere(std::string name = "there", std::uint64_t number = 1'000'000)
      : path_("n2:/user/" + std::move(name)), number_(number) {}
  void post(troupe::engine::envelope_ptr) noexcept override { ++told; }
  std::string path() const override { return path_; }
  troupe::cell_ptr here() noexcept override { return {}; }
  troupe::environment* home() const noexcept override { return nullptr; }
  std::uint64_t watch_from_outside(troupe::address&, bool yes) override {
    watched = yes;
    return number_;
  }
  std::uint64_t waiting() noexcept override { return backlog; }
  void add_reference() noexcept override { ++references; }
  void release_reference() noexcept override { --references; }

  std::atomic<int> told{0};
  std::atomic<int> references{0};
  std::atomic<bool> watched{false};
  std::atomic<std::uint64_t> backlog{0};

 private:
  const std::string path_;
  const std::uint64_t number_;
};

}  // namespace routed
