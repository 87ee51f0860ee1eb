#include <troupe/base/hash.hpp>
#include <troupe/wire/fields.hpp>
#include <troupe/wire/frame_builder.hpp>
#include <troupe/wire/routed_bodies.hpp>

namespace troupe::wire {

using namespace fields;

namespace {

std::uint32_t read_route(byte_reader& from) {
  const std::uint64_t number = from.varint();
  if (number >= routes_max) from.fail("a route's number is too large");
  return from.ok() ? static_cast<std::uint32_t>(number) : 0;
}

}  // namespace

std::uint32_t route::check() const {
  std::string numbers;
  byte_writer to{numbers};
  to.u32(number);
  to.u64(type_hash);
  return static_cast<std::uint32_t>(stable_hash(path, stable_hash(numbers)));
}

void route::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::route};
  byte_writer& to = frame.payload();
  to.varint(number);
  to.bytes(path);
  to.u64(type_hash);
  to.u32(check());
  finish(frame);
}

result<route> route::decode(std::string_view body) {
  byte_reader from{body};
  route out;
  out.number = read_route(from);
  out.path = read_path(from);
  if (out.path.empty() || out.path.size() > route_path_bytes_max)
    from.fail("a route's path is empty or too long");
  out.type_hash = from.u64();
  if (from.u32() != out.check()) from.fail("it is not what was sent");
  return finished(from, out, "route");
}

result<routed_tell> routed_tell::decode(std::string_view body) {
  byte_reader from{body};
  routed_tell out;
  out.route = read_route(from);
  out.cause = from.u64();
  out.payload = from.raw(from.remaining());
  return finished(from, out, "routed tell");
}

result<routed_ask> routed_ask::decode(std::string_view body) {
  byte_reader from{body};
  routed_ask out;
  out.request = from.varint();
  out.time_left = read_span(from);
  out.route = read_route(from);
  out.cause = from.u64();
  out.payload = from.raw(from.remaining());
  return finished(from, out, "routed ask");
}

std::string part_front(lane in, std::uint64_t size, std::size_t carried, bool first) {
  std::string out;
  byte_writer to{out};
  to.u32(static_cast<std::uint32_t>(carried + (first ? first_part_head_bytes : part_head_bytes)));
  to.u8(static_cast<std::uint8_t>(first ? frame_kind::first_part : frame_kind::part));
  to.u8(static_cast<std::uint8_t>(in));
  if (first) to.u64(size);
  return out;
}

}  // namespace troupe::wire
