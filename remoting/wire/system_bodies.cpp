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
  to.bytes(to_string(reason.kind));
  write_code(to, reason.why.code);
  to.bytes(cut(reason.why.text, text_bytes_max));
  to.bytes(cut(reason.why.type, text_bytes_max));
  to.bytes(cut(reason.why.path, path_bytes_max));
  finish(frame);
}

result<obituary> obituary::decode(std::string_view body) {
  byte_reader from{body};
  obituary out;
  out.number = from.varint();
  out.id = from.varint();
  const std::string_view kind = from.bytes();
  if (kind.size() > code_bytes_max) from.fail("a kind of end that is too long");
  const auto known = exit_kind_from_string(kind);
  // It has ended, however: a kind that this release does not know is none of those that mean more than that.
  out.reason.kind = known.value_or(exit_kind::failed);
  out.reason.why.code = read_code(from, out.reason.why.text);
  out.reason.why.text += read_text(from);
  out.reason.why.type = read_text(from);
  out.reason.why.path = read_path(from);
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
