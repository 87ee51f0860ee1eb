// The message to one side of a link when the other has ended: behind all that the one that ended had sent (M9), once, and only while the
// link is in force (link_list.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <troupe/base/exit.hpp>
#include <troupe/cell/address.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe {

/// What tells a link from all others between the same two, those before it among them (LK2): the numbers under which each side had asked
/// for it; 0: it had not.
struct link_ids {
  std::uint32_t mine = 0;    ///< of who keeps, or gets, this
  std::uint32_t theirs = 0;  ///< of the other
};

/// Whether a side has asked as `a` behind `b`. Pure.
constexpr bool is_newer(std::uint32_t a, std::uint32_t b) noexcept {
  return a != b && a - b < 0x8000'0000u;  // they come round
}

/// An actor that the receiver is linked to has stopped for good. Read-only; belongs to its receiver.
class link_ended {
 public:
  /// That the actor behind `who`, whose number is `number`, has ended for `reason`, to one whose link to it is `which`.
  link_ended(std::uint64_t number, address_ptr who, exit_reason reason, link_ids which)
      : number_(number), who_(std::move(who)), which_(which), kind_(reason.kind) {
    if (reason.why != error{}) why_ = std::make_unique<error>(std::move(reason.why));
  }

  /// The actor's number in its system.
  std::uint64_t number() const noexcept { return number_; }
  /// The actor's path.
  std::string path() const { return who_->path(); }
  /// How it ended.
  exit_kind kind() const noexcept { return kind_; }
  /// How and why it ended.
  exit_reason reason() const { return {kind_, why_ ? *why_ : error{}}; }
  /// Which link this was.
  link_ids which() const noexcept { return which_; }
  /// The address of who has ended.
  const address_ptr& who() const noexcept { return who_; }

 private:
  std::uint64_t number_;
  address_ptr who_;
  std::unique_ptr<const error> why_;  // null: it ended without a text
  link_ids which_;
  exit_kind kind_;
};

/// The descriptor of `link_ended`. It has no contract: it crosses nodes as a system message.
extern const message_type link_ended_type;

/// The `error::type` of an actor that has ended because one that it was linked to had.
inline constexpr std::string_view link_cause = "troupe::link_ended";

}  // namespace troupe
