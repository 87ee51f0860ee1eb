// Where a payload that came packed is unpacked, to be decoded (wire/packed.hpp).
#pragma once

#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/wire/packed.hpp>
#include <utility>

namespace troupe::detail {

/// Room for one. It keeps its memory for the next one of this thread. Not thread-safe.
class unpacked {
 public:
  unpacked() = default;
  ~unpacked() {
    if (used_ && text_.capacity() <= kept_bytes_max) kept() = std::move(text_);
  }
  unpacked(const unpacked&) = delete;
  unpacked& operator=(const unpacked&) = delete;

  /// `payload` as it is for a `size` of 0, else what it unpacks to, which stays where it is until the room goes. Errors as `wire::unpack`.
  result<std::string_view> of(std::string_view payload, std::uint64_t size) {
    if (size == 0) return payload;
    if (!std::exchange(used_, true)) text_ = std::exchange(kept(), {});
    if (auto done = wire::unpack(payload, size, text_); !done) return std::move(done.error());
    return std::string_view{text_};
  }

 private:
  static constexpr std::size_t kept_bytes_max = 1u << 20;

  static std::string& kept() noexcept {
    thread_local std::string text;
    return text;
  }

  std::string text_;
  bool used_ = false;  // most payloads are not packed
};

}  // namespace troupe::detail
