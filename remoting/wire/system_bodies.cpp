#include <troupe/wire/fields.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <utility>

namespace troupe::wire {

using namespace fields;

void watch::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::watch};
  byte_writer& to = frame.payload();
  to.varint(number);
  to.varint(id);
  to.bytes(path);
  finish(frame);
}

result<watch> watch::decode(std::string_view body) {
  byte_reader from{body};
  watch out;
  out.number = from.varint();
  out.id = from.varint();
  out.path = read_path(from);
  return finished(from, out, "watch");
}

void unwatch::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::unwatch};
  frame.payload().varint(number);
  frame.payload().varint(id);
  finish(frame);
}

result<unwatch> unwatch::decode(std::string_view body) {
  byte_reader from{body};
  unwatch out;
  out.number = from.varint();
  out.id = from.varint();
  return finished(from, out, "unwatch");
}

void obituary::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::obituary};
  byte_writer& to = frame.payload();
  to.varint(number);
  to.varint(id);
  write_end(to, reason);
  finish(frame);
}

result<obituary> obituary::decode(std::string_view body) {
  byte_reader from{body};
  obituary out;
  out.number = from.varint();
  out.id = from.varint();
  out.reason = read_end(from);
  return finished(from, std::move(out), "obituary");
}

void received::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::received};
  frame.payload().varint(number);
  finish(frame);
}

result<received> received::decode(std::string_view body) {
  byte_reader from{body};
  received out;
  out.number = from.varint();
  return finished(from, out, "received");
}

}  // namespace troupe::wire
