#include <limits>
#include <troupe/wire/fields.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <utility>

namespace troupe::wire {

using namespace fields;

namespace {

std::uint32_t read_ask(byte_reader& from) {
  const std::uint64_t ask = from.varint();
  if (ask > std::numeric_limits<std::uint32_t>::max()) from.fail("the number of an ask that is too large");
  return static_cast<std::uint32_t>(ask);
}

}  // namespace

void link::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::link};
  byte_writer& to = frame.payload();
  to.varint(number);
  to.varint(from);
  to.varint(ask);
  to.bytes(from_path);
  to.bytes(path);
  finish(frame);
}

result<link> link::decode(std::string_view body) {
  byte_reader from{body};
  link out;
  out.number = from.varint();
  out.from = from.varint();
  out.ask = read_ask(from);
  out.from_path = read_path(from);
  out.path = read_path(from);
  if (out.from == 0 || out.ask == 0) from.fail("a link that nobody asks for");
  return finished(from, out, "link");
}

void unlink::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::unlink};
  byte_writer& to_bytes = frame.payload();
  for (const std::uint64_t n : {number, from, to, std::uint64_t{by_sender}, std::uint64_t{by_receiver}})
    to_bytes.varint(n);
  finish(frame);
}

result<unlink> unlink::decode(std::string_view body) {
  byte_reader from{body};
  unlink out;
  out.number = from.varint();
  out.from = from.varint();
  out.to = from.varint();
  out.by_sender = read_ask(from);
  out.by_receiver = read_ask(from);
  return finished(from, out, "unlink");
}

void linked::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::linked};
  for (const std::uint64_t n : {number, from, to, std::uint64_t{ask}}) frame.payload().varint(n);
  finish(frame);
}

result<linked> linked::decode(std::string_view body) {
  byte_reader from{body};
  linked out;
  out.number = from.varint();
  out.from = from.varint();
  out.to = from.varint();
  out.ask = read_ask(from);
  if (out.from == 0) from.fail("a link to nobody");
  return finished(from, out, "linked");
}

void link_end::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::link_end};
  byte_writer& to_bytes = frame.payload();
  for (const std::uint64_t n : {number, from, to, std::uint64_t{by_sender}, std::uint64_t{by_receiver}})
    to_bytes.varint(n);
  write_end(to_bytes, reason);
  finish(frame);
}

result<link_end> link_end::decode(std::string_view body) {
  byte_reader from{body};
  link_end out;
  out.number = from.varint();
  out.from = from.varint();
  out.to = from.varint();
  out.by_sender = read_ask(from);
  out.by_receiver = read_ask(from);
  out.reason = read_end(from);
  return finished(from, std::move(out), "link end");
}

}  // namespace troupe::wire
