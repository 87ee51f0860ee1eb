// The fields that frames are made of, for the files that code their bodies. Each reader leaves its error in the byte_reader, with the
// bound that was broken (R8).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <troupe/base/bytes.hpp>
#include <troupe/base/check.hpp>
#include <troupe/base/error.hpp>
#include <troupe/base/exit.hpp>
#include <troupe/wire/frame.hpp>
#include <troupe/wire/frame_builder.hpp>

namespace troupe::wire::fields {

/// Whether a name must not have it.
inline bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Whether it keeps the bounds of a name, which an empty one does.
inline bool is_name(std::string_view name) noexcept {
  return name.size() <= limits::name_bytes_max && std::none_of(name.begin(), name.end(), is_control);
}

/// Cuts between two characters of UTF-8, so a cut text still prints.
inline std::string_view cut(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

/// The control frames are bounded by construction, so closing them can't fail.
inline void finish(frame_builder& frame) {
  check(frame.close().has_value(), "a frame of bounded fields is within the limit");
}

/// A name. REQUIRES: it keeps its bounds.
inline void write_name(byte_writer& to, std::string_view name) {
  check(is_name(name), "a node's name keeps its bounds before it is sent");
  to.bytes(name);
}

/// A time; a negative one as 0.
inline void write_span(byte_writer& to, duration d) {
  to.varint(static_cast<std::uint64_t>(std::max(d, duration::zero()).count()));
}

/// A name, which may be empty.
inline std::string read_name(byte_reader& from) {
  const std::string_view name = from.bytes();
  if (!is_name(name)) from.fail("a node's name is too long or has control characters");
  return std::string{name};
}

/// A name that is not empty.
inline std::string read_own_name(byte_reader& from) {
  std::string name = read_name(from);
  if (name.empty()) from.fail("a node's name is empty");
  return name;
}

/// A time.
inline duration read_span(byte_reader& from) {
  const std::uint64_t count = from.varint();
  if (count > static_cast<std::uint64_t>(duration::max().count())) {
    from.fail("a time that is too long");
    return {};
  }
  return duration{static_cast<duration::rep>(count)};
}

/// A text within its bound.
inline std::string_view read_text(byte_reader& from) {
  const std::string_view text = from.bytes();
  if (text.size() > text_bytes_max) from.fail("a text that is too long");
  return text;
}

/// A path within its bound.
inline std::string_view read_path(byte_reader& from) {
  const std::string_view path = from.bytes();
  if (path.size() > path_bytes_max) from.fail("a path that is too long");
  return path;
}

/// A code, by its name.
inline void write_code(byte_writer& to, errc code) { to.bytes(to_string(code)); }

/// Codes travel by name. One that this version does not know must not get lost, so it is put in front of the
/// text.
inline errc read_code(byte_reader& from, std::string& text_prefix) {
  const std::string_view name = from.bytes();
  if (name.size() > code_bytes_max) from.fail("a code that is too long");
  const errc code = errc_from_string(name);
  if (code == errc::invalid && name != to_string(errc::invalid)) text_prefix = std::string{name} + ": ";
  return code;
}

/// How and why an actor has ended: its strings are cut to `text_bytes_max`, the path to `path_bytes_max`.
inline void write_end(byte_writer& to, const exit_reason& reason) {
  to.bytes(to_string(reason.kind));
  write_code(to, reason.why.code);
  to.bytes(cut(reason.why.text, text_bytes_max));
  to.bytes(cut(reason.why.type, text_bytes_max));
  to.bytes(cut(reason.why.path, path_bytes_max));
}

/// The same. A kind that this release does not know is an end, however: none of those that mean more than that.
inline exit_reason read_end(byte_reader& from) {
  exit_reason out;
  const std::string_view kind = from.bytes();
  if (kind.size() > code_bytes_max) from.fail("a kind of end that is too long");
  out.kind = exit_kind_from_string(kind).value_or(exit_kind::failed);
  out.why.code = read_code(from, out.why.text);
  out.why.text += read_text(from);
  out.why.type = read_text(from);
  out.why.path = read_path(from);
  return out;
}

/// Another version's fields are unknown: they are skipped, and the reader keeps what it has found out so far
/// (W3).
inline void skip_rest(byte_reader& from) { (void)from.raw(from.remaining()); }

/// What was read, if that was all of the body and nothing was wrong (W1).
template <class T>
result<T> finished(byte_reader& from, T value, std::string_view what) {
  if (from.ok() && from.remaining() > 0) from.fail("bytes behind the last field");
  if (!from.ok())
    return error{errc::decode_error, "the body of a frame of kind " + std::string{what} +
                                         " does not decode: " + std::string{from.why()}};
  return value;
}

}  // namespace troupe::wire::fields
