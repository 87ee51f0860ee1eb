#include <troupe/wire/fields.hpp>
#include <troupe/wire/probe.hpp>
#include <utility>

namespace troupe::wire {

using namespace fields;

namespace {

void write_wait(byte_writer& to, const probe_wait& w) {
  write_name(to, w.node);
  to.u64(w.run);
  to.varint(w.actor);
  to.varint(w.number);
  to.u64(w.seal);
  to.u8(w.unbegun ? 1 : 0);
  to.bytes(cut(w.path, probe_text_bytes_max));
  to.bytes(cut(w.message, probe_text_bytes_max));
}

std::string read_short_text(byte_reader& from) {
  const std::string_view text = from.bytes();
  if (text.size() > probe_text_bytes_max) from.fail("a text that is too long");
  return std::string{text.substr(0, probe_text_bytes_max)};
}

probe_wait read_wait(byte_reader& from) {
  probe_wait w;
  w.node = read_own_name(from);
  w.run = from.u64();
  w.actor = from.varint();
  w.number = from.varint();
  w.seal = from.u64();
  const std::uint8_t unbegun = from.u8();
  if (unbegun > 1) from.fail("a flag that is neither 0 nor 1");
  w.unbegun = unbegun == 1;
  w.path = read_short_text(from);
  w.message = read_short_text(from);
  return w;
}

}  // namespace

void probe::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::probe};
  byte_writer& to = frame.payload();
  to.varint(request);
  to.varint(passed);
  to.varint(hops);
  to.varint(waits.size());
  for (const probe_wait& w : waits) write_wait(to, w);
  finish(frame);
}

result<probe> probe::decode(std::string_view body) {
  byte_reader from{body};
  probe out;
  out.request = from.varint();
  out.passed = from.varint();
  out.hops = from.varint();
  const std::uint64_t count = from.varint();
  if (count == 0 || count > probe_waits_max) from.fail("no waits, or too many");
  if (out.hops > probe_hops_max) from.fail("too many hops");
  if (from.ok() && out.passed >= 2 * count) from.fail("more waits passed than it may pass");
  for (std::uint64_t i = 0; from.ok() && i < count; ++i) out.waits.push_back(read_wait(from));
  return finished(from, std::move(out), "probe");
}

}  // namespace troupe::wire
