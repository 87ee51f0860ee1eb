// The message to who wants to know of an actor's restarts (S8). It travels like `terminated`: behind what its subject has sent before.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/cell/address.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe {

/// An actor serves again, in its old cell, with a new body (S6). Read-only; belongs to its receiver.
class restarted {
 public:
  /// That the actor behind `who`, whose number is `number`, has been restarted for the `incarnation`th time.
  restarted(std::uint64_t number, address_ptr who, std::uint64_t incarnation) noexcept
      : number_(number), incarnation_(incarnation), who_(std::move(who)) {}

  /// The actor's number in its system.
  std::uint64_t number() const noexcept { return number_; }
  /// The actor's path.
  std::string path() const { return who_->path(); }
  /// How often it has been restarted, this time included (L5).
  std::uint64_t incarnation() const noexcept { return incarnation_; }

 private:
  std::uint64_t number_;
  std::uint64_t incarnation_;
  address_ptr who_;
};

/// The descriptor of `restarted`. It has no contract.
extern const message_type restarted_type;

}  // namespace troupe
