// Writes JSON text as it comes, into a string: no tree in between.
//
// Rules
//  JW1 Calls follow the grammar: inside an object each value comes behind its `key`, and what is begun is ended.
//      The writer puts the commas, the colons and the indentation.
//  JW2 Text is UTF-8, which the caller has made sure of (`is_utf8`); control characters, quotes and backslashes
//      are escaped.
//  JW3 Numbers are exact: integers in full, floating point by the shortest digits that read back as the same
//      number. What JSON has no number for is one of the strings "NaN", "Infinity", "-Infinity".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// For machines or for people.
enum class json_style : std::uint8_t {
  compact,  ///< one line, no spaces
  indented  ///< a line for each value, two spaces a level
};

/// Appends to a string (JW1-JW3). Not thread-safe.
class json_writer {
 public:
  /// Writes to the end of `out`. `context` travels along for codecs that need one, as in `byte_writer`.
  explicit json_writer(std::string& out, json_style style = json_style::compact,
                       const void* context = nullptr) noexcept
      : out_(&out), context_(context), style_(style) {}

  /// `{`; its members follow, each a `key` and a value, then `end_object`.
  void begin_object() { begin('{'); }
  /// `}`.
  void end_object() { end('}'); }
  /// `[`; its values follow, then `end_array`.
  void begin_array() { begin('['); }
  /// `]`.
  void end_array() { end(']'); }
  /// The name of the member that is written next (JW2).
  void key(std::string_view name);

  /// `null`.
  void null() { plain("null"); }
  /// `true` or `false`.
  void boolean(bool v) { plain(v ? "true" : "false"); }
  /// A signed integer, in full (JW3).
  void integer(std::int64_t v);
  /// An unsigned integer, in full (JW3).
  void natural(std::uint64_t v);
  /// A floating point number (JW3).
  void number(double v);
  /// One of single precision, with no more digits than that has (JW3).
  void number(float v);
  /// A number that somebody else has written: the digits of one that was read (JD3). REQUIRES: they are JSON's.
  void digits(std::string_view number) { plain(number); }
  /// A text (JW2).
  void string(std::string_view utf8);
  /// Any bytes, as a string of base64.
  void base64(std::string_view bytes);

  /// What a codec needs besides the value; null without.
  const void* context() const noexcept { return context_; }

 private:
  void begin(char bracket);
  void end(char bracket);
  void before_value();
  void new_line();
  void plain(std::string_view text);
  void quoted(std::string_view utf8);
  template <class F>
  void floating(F v);

  std::string* out_;
  const void* context_;
  std::size_t depth_ = 0;
  json_style style_;
  bool comma_ = false;      // something stands before on this level
  bool after_key_ = false;  // the value belongs on the key's line
};

}  // namespace troupe
