// The message a watcher gets: behind all that its subject sent, once (L3, L4, M9). Small, because many may be on their way at
// once: what it tells is made when it is asked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <troupe/base/exit.hpp>
#include <troupe/cell/address.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe {

/// A watched actor has stopped for good. Read-only; belongs to its receiver.
class terminated {
 public:
  /// That the actor behind `who`, whose number is `number`, has stopped for `reason`.
  terminated(std::uint64_t number, address_ptr who, exit_reason reason)
      : number_(number), who_(std::move(who)), kind_(reason.kind) {
    if (reason.why != error{}) why_ = std::make_unique<error>(std::move(reason.why));
  }
  /// The same for an end without a text.
  terminated(std::uint64_t number, address_ptr who, exit_kind kind) noexcept
      : number_(number), who_(std::move(who)), kind_(kind) {}

  /// The actor's number in its system.
  std::uint64_t number() const noexcept { return number_; }
  /// The actor, as it was watched: `any_ref{news.who()} == that` tells one from others.
  const address_ptr& who() const noexcept { return who_; }
  /// The actor's path.
  std::string path() const { return who_->path(); }
  /// How it ended.
  exit_kind kind() const noexcept { return kind_; }
  /// How and why it ended.
  exit_reason reason() const { return {kind_, why_ ? *why_ : error{}}; }

 private:
  std::uint64_t number_;
  address_ptr who_;
  std::unique_ptr<const error> why_;  // null: it ended without a text
  exit_kind kind_;
};

/// The descriptor of `terminated`. It has no contract: it crosses nodes as a system message.
extern const message_type terminated_type;

}  // namespace troupe
