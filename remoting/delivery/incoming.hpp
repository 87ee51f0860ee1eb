// What has come from one run of another node in one of its epochs: the receiving side of R4 and M4.
//
// Rules
//  DL5 Each system frame is handled once, when it comes. One that has been handled is passed over: it was sent again because the word of
//      it was lost. They come in the order of their numbers but for those that wait for their turn in another lane (send_queue.hpp), so
//      one may be missing for a while; of many that are, here and there, the stream is none of a node.
//  DL6 Epochs of a run only grow: what comes in an older one was under way when its sender gave it up.
//
// Pure. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace troupe {

/// What is to be done with a system frame (DL5).
enum class arrival : std::uint8_t {
  fresh,     ///< handle it
  repeated,  ///< it has been handled
  gap,       ///< too many before it are missing
};

/// See above.
class incoming {
 public:
  /// Runs of numbers that may lie behind one that is missing.
  static constexpr std::size_t runs_max = std::size_t{1} << 16;

  /// In the sender's epoch `epoch`.
  explicit incoming(std::uint64_t epoch) noexcept : epoch_(epoch) {}

  /// The system frame of that number has come.
  arrival system_frame(std::uint64_t number);
  /// So many tells and asks have come.
  void messages(std::uint64_t count) noexcept { messages_ += count; }

  /// Whose epoch it is.
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// The last system frame up to which all were handled; 0: none.
  std::uint64_t system_frames() const noexcept { return system_frames_; }
  /// How many messages have come.
  std::uint64_t messages() const noexcept { return messages_; }

 private:
  std::uint64_t epoch_;
  std::uint64_t system_frames_ = 0;
  std::map<std::uint64_t, std::uint64_t> runs_;  // behind that, from first to last, with a gap before each
  std::uint64_t messages_ = 0;
};

}  // namespace troupe
