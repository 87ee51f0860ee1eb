// What has come from one run of another node in one of its epochs: the receiving side of R4 and M4.
//
// Rules
//  DL5 System frames are handled in the order of their numbers, each once. One that has been handled is passed over: it was sent again
//      because the word of it was lost. One that is missing can't be: streams keep their order, so that breaks the grammar.
//  DL6 Epochs of a run only grow: what comes in an older one was under way when its sender gave it up.
//
// Pure. Not thread-safe.
#pragma once

#include <cstdint>

namespace troupe {

/// What is to be done with a system frame (DL5).
enum class arrival : std::uint8_t {
  fresh,     ///< handle it
  repeated,  ///< it has been handled
  gap,       ///< one before it is missing
};

/// See above.
class incoming {
 public:
  /// In the sender's epoch `epoch`.
  explicit incoming(std::uint64_t epoch) noexcept : epoch_(epoch) {}

  /// The system frame of that number has come.
  arrival system_frame(std::uint64_t number) noexcept {
    if (number <= system_frames_) return arrival::repeated;
    if (number != system_frames_ + 1) return arrival::gap;
    ++system_frames_;
    return arrival::fresh;
  }
  /// So many tells and asks have come.
  void messages(std::uint64_t count) noexcept { messages_ += count; }

  /// Whose epoch it is.
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// The last system frame that was handled; 0: none.
  std::uint64_t system_frames() const noexcept { return system_frames_; }
  /// How many messages have come.
  std::uint64_t messages() const noexcept { return messages_; }

 private:
  std::uint64_t epoch_;
  std::uint64_t system_frames_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace troupe
