// What messages carry, and how the receiver knows that it is what was sent: every byte is compared.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "measure/program.hpp"

namespace bench::remote {

/// Payloads of one size: a number in the first eight bytes, and behind it bytes that follow from the size alone. Both halves
/// make the same one. Thread-safe once made.
class payload_pattern {
 public:
  /// REQUIRES: `bytes` is at least 8.
  explicit payload_pattern(std::size_t bytes) : text_(bytes, '\0') {
    expect(bytes >= number_bytes, "a payload has room for its number");
    std::uint32_t state = static_cast<std::uint32_t>(bytes);
    for (std::size_t i = number_bytes; i < bytes; ++i) {
      state = state * 1'664'525 + 1'013'904'223;  // Numerical Recipes' generator; Erlang makes the same bytes
      text_[i] = static_cast<char>(state >> 24);
    }
  }

  /// The payload with that number.
  std::string make(std::uint64_t number) const {
    std::string out = text_;
    std::memcpy(out.data(), &number, number_bytes);
    return out;
  }

  /// The number of a payload. Ends the process if it is not, byte for byte, one that `make` made.
  std::uint64_t read(std::string_view payload) const {
    expect(payload.size() == text_.size(), "a payload's size");
    expect_rest(payload.substr(number_bytes));
    std::uint64_t number = 0;
    std::memcpy(&number, payload.data(), number_bytes);
    return number;
  }

  /// What all payloads have behind their numbers.
  std::string_view rest() const noexcept { return std::string_view{text_}.substr(number_bytes); }
  /// Ends the process if that is not, byte for byte, what is behind a number.
  void expect_rest(std::string_view behind) const { expect(behind == rest(), "a payload's bytes"); }

  /// Its size.
  std::size_t bytes() const noexcept { return text_.size(); }

 private:
  static constexpr std::size_t number_bytes = sizeof(std::uint64_t);

  std::string text_;
};

}  // namespace bench::remote
