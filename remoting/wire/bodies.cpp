#include <troupe/wire/bodies.hpp>
#include <troupe/wire/fields.hpp>
#include <troupe/wire/frame_builder.hpp>

namespace troupe::wire {

using namespace fields;

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
  to.varint(epoch);
  write_name(to, address);
  to.varint(message_max);
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
    out.epoch = from.varint();
    out.address = read_name(from);
    out.message_max = from.varint();
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
  to.varint(epoch);
  to.varint(system_frames);
  to.varint(messages);
  to.varint(message_max);
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
    out.epoch = from.varint();
    out.system_frames = from.varint();
    out.messages = from.varint();
    out.message_max = from.varint();
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

void offer::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::offer};
  finish(frame);
}

result<offer> offer::decode(std::string_view body) {
  byte_reader from{body};
  return finished(from, offer{}, "offer");
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
