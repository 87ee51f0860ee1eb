// An actor on another node, as refs have it.
#pragma once

#include <string>
#include <troupe/cell/address.hpp>
#include <troupe/cell/ref_token.hpp>
#include <troupe/node/peer_link.hpp>

namespace troupe::detail {

/// See above. Thread-safe.
class remote_address final : public address {
 public:
  remote_address(peer_link_ptr link, remote_target to) : link_(std::move(link)), to_(std::move(to)) {}

  void post(engine::envelope_ptr e) noexcept override;
  std::string path() const override { return link_->peer() + ":" + to_.path; }
  std::uint64_t number() const noexcept override { return to_.number; }
  std::uint64_t run() const noexcept override { return to_.run; }
  std::string token() override;
  cell_ptr here() noexcept override { return {}; }
  bool is_elsewhere() noexcept override { return true; }
  environment* home() const noexcept override { return &link_->env(); }
  std::uint64_t watch_from_outside(address& watcher, bool yes) override {
    engine::worker::send_kept();  // behind what the watcher has sent there
    return yes ? link_->watch(watcher, address_ptr{this}, to_) : link_->unwatch(watcher, to_);
  }
  std::uint64_t link_number(cell& linker, bool make) override {
    return link_->link_number(linker, to_, make);
  }
  bool link_from_outside(cell& linker, std::uint64_t number, std::uint32_t id, bool yes) override {
    engine::worker::send_kept();
    yes ? link_->link(linker, address_ptr{this}, to_, number, id) : link_->unlink(linker, number, id);
    return true;
  }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~remote_address() = default;

  std::atomic<unsigned> references_{0};
  peer_link_ptr link_;
  const remote_target to_;
  target_routes routes_;  // guarded by the link's lock
};

/// The actor that `what` names on a peer: of that number in that run, or whoever is at the path, when both are 0.
remote_target target_at(const node_options& options, const ref_token& what);

}  // namespace troupe::detail
