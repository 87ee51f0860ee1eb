#include <troupe/wire/contract_bodies.hpp>
#include <troupe/wire/fields.hpp>
#include <troupe/wire/frame_builder.hpp>

namespace troupe::wire {

using namespace fields;

void contracts::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::contracts};
  frame.payload().u64(digest);
  finish(frame);
}

result<contracts> contracts::decode(std::string_view body) {
  byte_reader from{body};
  const contracts out{from.u64()};
  return finished(from, out, "contracts");
}

void contracts_wanted::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::contracts_wanted};
  finish(frame);
}

result<contracts_wanted> contracts_wanted::decode(std::string_view body) {
  byte_reader from{body};
  return finished(from, contracts_wanted{}, "contracts wanted");
}

result<std::size_t> contract_list::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::contract_list};
  frame.payload().raw(set);
  return frame.close();
}

result<contract_list> contract_list::decode(std::string_view body) {
  byte_reader from{body};
  contract_list out;
  out.set = from.raw(from.remaining());
  return finished(from, out, "contract list");
}

}  // namespace troupe::wire
