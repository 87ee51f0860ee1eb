// The word that a link leaves in the slot of an ask it has sent: so it hears of an asker who gives up, and who looks for a cycle of asks
// finds the way to the other node.
//
// Rules
//  SR1 It knows the link and the number of the request, and changes nothing: whatever happens to the ask is decided under the link's
//      lock. A number is never used again, so word that comes late, after the answer or a cut, finds nothing open.
//  SR2 A request has left when all bytes up to its end have (far_probe.hpp, FP4).
//  SR3 It goes with the slot, or with the asker who gave up.
#pragma once

#include <atomic>
#include <troupe/cell/far_probe.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/node/peer_link.hpp>

namespace troupe::detail {

/// A request under way to a peer, for who looks where it is. Thread-safe; nobody sends it anything.
class sent_request final : public far_holder {
 public:
  sent_request(peer_link& via, std::uint64_t request) noexcept : via_(&via), request_(request) {}
  /// As small as it is, it lives in a block of the pool.
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  /// Leaves word in `slot`; `end` is where its frame ends in that lane of the link. Once. False: its asker has given up.
  bool leave_word(engine::reply_slot& slot, wire::lane in, std::uint64_t end) noexcept {
    lane_ = in;
    end_ = end;
    add_reference();  // the word's
    if (slot.leave_word(*this, engine::word_kind::works, nullptr)) return true;
    release_reference();
    return false;
  }

  void asker_gave_up(engine::reply_slot&) noexcept override {
    via_->cancel(request_);
    release_reference();
  }
  bool has_left() const noexcept override { return via_->has_left(lane_, end_); }
  void follow(far_path path) noexcept override { via_->follow(request_, std::move(path)); }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  friend void intrusive_ptr_add_ref(sent_request* r) noexcept { r->add_reference(); }
  friend void intrusive_ptr_release(sent_request* r) noexcept { r->release_reference(); }

  void run_turn() override {}
  engine::pushed accept(const engine::chain<engine::envelope>&) noexcept override {
    return engine::pushed::refused;
  }
  void schedule() noexcept override {}
  void refuse(const engine::chain<engine::envelope>&) noexcept override {}

 private:
  virtual ~sent_request() = default;

  const peer_link_ptr via_;
  const std::uint64_t request_;
  // Set before the word is left.
  wire::lane lane_ = wire::lane::ordinary;
  std::uint64_t end_ = 0;
  std::atomic<unsigned> references_{0};
};

}  // namespace troupe::detail
