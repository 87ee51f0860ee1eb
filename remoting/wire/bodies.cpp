#include <algorithm>
#include <troupe/base/bytes.hpp>
#include <troupe/base/check.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame_builder.hpp>

namespace troupe::wire {

namespace {

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_name(std::string_view name) noexcept {
  return name.size() <= limits::name_bytes_max && std::none_of(name.begin(), name.end(), is_control);
}

// Cuts between two characters of UTF-8, so a cut text still prints.
std::string_view cut(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

// The control frames are bounded by construction, so closing them can't fail.
void finish(frame_builder& frame) {
  check(frame.close().has_value(), "a frame of bounded fields is within the limit");
}

void write_name(byte_writer& to, std::string_view name) {
  check(is_name(name), "a node's name keeps its bounds before it is sent");
  to.bytes(name);
}

void write_span(byte_writer& to, duration d) {
  to.varint(static_cast<std::uint64_t>(std::max(d, duration::zero()).count()));
}

std::string read_name(byte_reader& from) {
  const std::string_view name = from.bytes();
  if (!is_name(name)) from.fail("a node's name is too long or has control characters");
  return std::string{name};
}

std::string read_own_name(byte_reader& from) {
  std::string name = read_name(from);
  if (name.empty()) from.fail("a node's name is empty");
  return name;
}

duration read_span(byte_reader& from) {
  const std::uint64_t count = from.varint();
  if (count > static_cast<std::uint64_t>(duration::max().count())) {
    from.fail("a time that is too long");
    return {};
  }
  return duration{static_cast<duration::rep>(count)};
}

std::string_view read_text(byte_reader& from) {
  const std::string_view text = from.bytes();
  if (text.size() > text_bytes_max) from.fail("a text that is too long");
  return text;
}

std::string_view read_path(byte_reader& from) {
  const std::string_view path = from.bytes();
  if (path.size() > path_bytes_max) from.fail("a path that is too long");
  return path;
}

void write_code(byte_writer& to, errc code) { to.bytes(to_string(code)); }

// Codes travel by name. One that this version does not know must not get lost, so it is put in front of the
// text.
errc read_code(byte_reader& from, std::string& text_prefix) {
  const std::string_view name = from.bytes();
  if (name.size() > code_bytes_max) from.fail("a code that is too long");
  const errc code = errc_from_string(name);
  if (code == errc::invalid && name != to_string(errc::invalid)) text_prefix = std::string{name} + ": ";
  return code;
}

template <class T>
result<T> finished(byte_reader& from, T value, std::string_view what) {
  if (from.ok() && from.remaining() > 0) from.fail("bytes behind the last field");
  if (!from.ok())
    return error{errc::decode_error, "the body of a frame of kind " + std::string{what} +
                                         " does not decode: " + std::string{from.why()}};
  return value;
}

// Another version's fields are unknown: they are skipped, and the reader keeps what it has found out so far
// (W3).
void skip_rest(byte_reader& from) { (void)from.raw(from.remaining()); }

}  // namespace

void hello::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::hello};
  byte_writer& to = frame.payload();
  to.u32(magic);
  to.u16(version);
  to.u64(capabilities);
  write_name(to, node);
  to.u64(incarnation);
  write_name(to, target);
  write_span(to, heartbeat_interval);
  finish(frame);
}

result<hello> hello::decode(std::string_view body) {
  byte_reader from{body};
  hello out;
  out.magic = from.u32();
  out.version = from.u16();
  if (from.ok() && (out.magic != wire::magic || out.version != wire::version)) {
    skip_rest(from);
  } else {
    out.capabilities = from.u64();
    out.node = read_own_name(from);
    out.incarnation = from.u64();
    out.target = read_name(from);
    out.heartbeat_interval = read_span(from);
  }
  return finished(from, std::move(out), "hello");
}

void welcome::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::welcome};
  byte_writer& to = frame.payload();
  to.u16(version);
  to.u64(capabilities);
  write_name(to, node);
  to.u64(incarnation);
  write_span(to, heartbeat_interval);
  finish(frame);
}

result<welcome> welcome::decode(std::string_view body) {
  byte_reader from{body};
  welcome out;
  out.version = from.u16();
  if (from.ok() && out.version != wire::version) {
    skip_rest(from);
  } else {
    out.capabilities = from.u64();
    out.node = read_own_name(from);
    out.incarnation = from.u64();
    out.heartbeat_interval = read_span(from);
  }
  return finished(from, std::move(out), "welcome");
}

void reject::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::reject};
  byte_writer& to = frame.payload();
  to.u16(version);
  write_code(to, code);
  to.bytes(cut(text, text_bytes_max));
  finish(frame);
}

result<reject> reject::decode(std::string_view body) {
  byte_reader from{body};
  reject out;
  out.version = from.u16();
  if (from.ok() && out.version != wire::version) {
    skip_rest(from);
  } else {
    out.code = read_code(from, out.text);
    out.text += read_text(from);
  }
  return finished(from, std::move(out), "reject");
}

void ping::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::ping};
  frame.payload().varint(number);
  finish(frame);
}

result<ping> ping::decode(std::string_view body) {
  byte_reader from{body};
  const ping out{from.varint()};
  return finished(from, out, "ping");
}

void pong::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::pong};
  frame.payload().varint(number);
  finish(frame);
}

result<pong> pong::decode(std::string_view body) {
  byte_reader from{body};
  const pong out{from.varint()};
  return finished(from, out, "pong");
}

result<std::size_t> tell::encode(std::string& out) const { return frame_builder{out, *this}.close(); }

result<tell> tell::decode(std::string_view body) {
  byte_reader from{body};
  tell out;
  out.path = read_path(from);
  out.type_hash = from.u64();
  out.cause = from.u64();
  out.payload = from.raw(from.remaining());
  return finished(from, out, "tell");
}

result<std::size_t> ask::encode(std::string& out) const { return frame_builder{out, *this}.close(); }

result<ask> ask::decode(std::string_view body) {
  byte_reader from{body};
  ask out;
  out.request = from.varint();
  out.time_left = read_span(from);
  out.path = read_path(from);
  out.type_hash = from.u64();
  out.cause = from.u64();
  out.payload = from.raw(from.remaining());
  return finished(from, out, "ask");
}

void trace::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::trace};
  byte_writer& to = frame.payload();
  to.u64(high);
  to.u64(low);
  to.u64(span);
  to.u8(flags);
  finish(frame);
}

result<trace> trace::decode(std::string_view body) {
  byte_reader from{body};
  trace out;
  out.high = from.u64();
  out.low = from.u64();
  out.span = from.u64();
  out.flags = from.u8();
  if (from.ok() && out.high == 0 && out.low == 0) from.fail("a trace id of 0");
  return finished(from, out, "trace");
}

result<std::size_t> reply::encode(std::string& out) const { return frame_builder{out, *this}.close(); }

result<reply> reply::decode(std::string_view body) {
  byte_reader from{body};
  reply out;
  out.request = from.varint();
  out.type_hash = from.u64();
  out.payload = from.raw(from.remaining());
  return finished(from, out, "reply");
}

void failure::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::failure};
  byte_writer& to = frame.payload();
  to.varint(request);
  write_code(to, why.code);
  to.bytes(cut(why.text, text_bytes_max));
  to.bytes(cut(why.type, text_bytes_max));
  to.bytes(cut(why.path, path_bytes_max));
  finish(frame);
}

result<failure> failure::decode(std::string_view body) {
  byte_reader from{body};
  failure out;
  out.request = from.varint();
  out.why.code = read_code(from, out.why.text);
  out.why.text += read_text(from);
  out.why.type = read_text(from);
  out.why.path = read_path(from);
  return finished(from, std::move(out), "failure");
}

void cancel::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::cancel};
  frame.payload().varint(request);
  finish(frame);
}

result<cancel> cancel::decode(std::string_view body) {
  byte_reader from{body};
  const cancel out{from.varint()};
  return finished(from, out, "cancel");
}

void goodbye::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::goodbye};
  frame.payload().bytes(cut(text, text_bytes_max));
  finish(frame);
}

result<goodbye> goodbye::decode(std::string_view body) {
  byte_reader from{body};
  goodbye out{std::string{read_text(from)}};
  return finished(from, std::move(out), "goodbye");
}

}  // namespace troupe::wire
