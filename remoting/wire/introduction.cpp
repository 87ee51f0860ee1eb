#include <troupe/wire/fields.hpp>
#include <troupe/wire/frame_builder.hpp>
#include <troupe/wire/introduction.hpp>

namespace troupe::wire {

using namespace fields;

void introduction::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::introduction};
  write_name(frame.payload(), node);
  write_name(frame.payload(), address);
  finish(frame);
}

result<introduction> introduction::decode(std::string_view body) {
  byte_reader from{body};
  introduction out;
  out.node = read_own_name(from);
  out.address = read_name(from);
  if (from.ok() && out.address.empty()) from.fail("an introduction without an address");
  return finished(from, std::move(out), "introduction");
}

}  // namespace troupe::wire
