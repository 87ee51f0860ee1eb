// Text for people that can't grow without bound: what somebody else decided (the content of a message) on its way into a log
// line.
//
// Rules
//  BT1 It never holds more than its limit and a mark of three dots; what does not fit is left out, and nothing is cut inside a
//      character.
//  BT2 It stays one line: control characters are escaped wherever they come from, so that nobody can forge a line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace troupe {

/// Collects text up to a limit (BT1, BT2). Not thread-safe.
class bounded_text {
 public:
  /// Holds `bytes_max` bytes at most, and then the mark.
  explicit bounded_text(std::size_t bytes_max) noexcept : max_(bytes_max) {}

  /// Adds `text`.
  void add(std::string_view text);
  /// Adds `text` in quotes, with quotes and backslashes escaped.
  void add_quoted(std::string_view text);

  /// Whether something was left out: what follows would be too.
  bool is_full() const noexcept { return full_; }
  /// The text so far.
  const std::string& text() const noexcept { return text_; }
  /// The text, taken out.
  std::string take() && noexcept { return std::move(text_); }

 private:
  void add_escaped(std::string_view text, bool in_quotes);
  bool add_whole(std::string_view piece);

  std::string text_;
  std::size_t max_;
  bool full_ = false;
};

}  // namespace troupe
