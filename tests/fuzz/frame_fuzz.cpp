// libFuzzer target for everything that looks at bytes of a peer before they are trusted (R8): the frame
// reader and all body decoders. Build with -fsanitize=fuzzer,address,undefined.
//
// What must hold for any input:
//  - no crash, and no memory past twice what was fed;
//  - a stream cut in two gives the frames and the error of the whole stream, copied or lent, and with a look at the next frame first (F8);
//  - a body that decodes, encodes to one that decodes to the same value.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/contract_bodies.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <troupe/wire/introduction.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/packed.hpp>
#include <troupe/wire/probe.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <vector>

namespace {

using namespace troupe;

constexpr std::size_t frame_limit = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class T>
void try_body(std::string_view body) {
  const auto first = T::decode(body);
  if (!first.has_value()) {
    require(first.error().code == errc::decode_error && !first.error().text.empty());
    return;
  }
  if constexpr (requires { first->version; })
    if (first->version != wire::version) return;  // only its version is known
  if constexpr (requires { first->magic; })
    if (first->magic != wire::magic) return;
  if constexpr (requires { first->text; })
    if (first->text.size() > wire::text_bytes_max)
      return;  // an unknown code in front of a text of full length
  if constexpr (requires { first->why; })
    if (first->why.text.size() > wire::text_bytes_max) return;
  if constexpr (requires { first->reason; })
    if (first->reason.why.text.size() > wire::text_bytes_max) return;
  std::string again;
  static_cast<void>(first->encode(again));
  const std::string body_again = again.substr(wire::header_bytes);
  const auto second = T::decode(body_again);
  require(second.has_value() && *second == *first);
}

// What goes by a route is written in two steps: a front, and the payload.
template <class T>
void try_routed(std::string_view body, void (*write)(wire::message_front&, const T&)) {
  const auto first = T::decode(body);
  if (!first.has_value()) return require(first.error().code == errc::decode_error);
  wire::message_front front;
  write(front, *first);
  const std::string body_again =
      std::string{front.bytes().substr(wire::header_bytes)} + std::string{first->payload};
  const auto second = T::decode(body_again);
  require(second.has_value() && *second == *first);
}

// A block may be anything; what it unpacks to is as long as was announced, or it is refused.
void try_unpack(std::string_view body) {
  std::string out;
  for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{64}, std::uint64_t{30} * body.size()}) {
    const auto done = wire::unpack(body, size, out);
    require(done ? out.size() == size : done.error().code == errc::decode_error);
  }
  std::string block;
  if (wire::pack(body, block)) require(wire::unpack(block, body.size(), out).has_value() && out == body);
}

void try_routed_tell(std::string_view body) {
  try_routed<wire::routed_tell>(body, [](wire::message_front& to, const wire::routed_tell& m) {
    to.routed_tell(m.route, m.cause, m.payload.size());
  });
  if (wire::routed_tell quick; wire::routed_tell::read(body, quick))
    require(wire::routed_tell::decode(body).value() == quick);
  else
    require(!wire::routed_tell::decode(body).has_value());
}

void try_routed_ask(std::string_view body) {
  try_routed<wire::routed_ask>(body, [](wire::message_front& to, const wire::routed_ask& m) {
    to.routed_ask(m.request, m.time_left, m.route, m.cause, m.payload.size());
  });
}

void try_packed(std::string_view body) {
  try_body<wire::packed>(body);
  try_unpack(body);
}

// By kind, as a node chooses; `first_part` and `part` are the reader's own. A body that is tried as every kind would take thirty times as long.
constexpr auto by_kind = [] {
  std::array<void (*)(std::string_view), 33> out{};
  const auto set = [&out](wire::frame_kind kind, void (*to)(std::string_view)) {
    out[static_cast<std::size_t>(kind)] = to;
  };
  using enum wire::frame_kind;
  set(hello, try_body<wire::hello>);
  set(welcome, try_body<wire::welcome>);
  set(reject, try_body<wire::reject>);
  set(ping, try_body<wire::ping>);
  set(pong, try_body<wire::pong>);
  set(tell, try_body<wire::tell>);
  set(ask, try_body<wire::ask>);
  set(reply, try_body<wire::reply>);
  set(failure, try_body<wire::failure>);
  set(goodbye, try_body<wire::goodbye>);
  set(trace, try_body<wire::trace>);
  set(cancel, try_body<wire::cancel>);
  set(probe, try_body<wire::probe>);
  set(watch, try_body<wire::watch>);
  set(unwatch, try_body<wire::unwatch>);
  set(obituary, try_body<wire::obituary>);
  set(received, try_body<wire::received>);
  set(route, try_body<wire::route>);
  set(routed_tell, try_routed_tell);
  set(routed_ask, try_routed_ask);
  set(offer, try_body<wire::offer>);
  set(link, try_body<wire::link>);
  set(unlink, try_body<wire::unlink>);
  set(linked, try_body<wire::linked>);
  set(link_end, try_body<wire::link_end>);
  set(packed, try_packed);
  set(contracts, try_body<wire::contracts>);
  set(contracts_wanted, try_body<wire::contracts_wanted>);
  set(contract_list, try_body<wire::contract_list>);
  set(introduction, try_body<wire::introduction>);
  return out;
}();

void try_as(std::uint8_t kind, std::string_view body) {
  if (kind < by_kind.size() && by_kind[kind]) by_kind[kind](body);
}

struct outcome {
  std::vector<std::string> frames;
  std::string error;

  friend bool operator==(const outcome&, const outcome&) = default;
};

void add(outcome& out, const wire::frame& f) {
  require(f.body.size() + wire::header_bytes <= frame_limit);
  out.frames.push_back(static_cast<char>(f.kind) + std::string{f.body});
}

void drain(wire::frame_reader& reader, outcome& out, bool looks) {
  for (;;) {
    for (wire::frame f; looks && reader.sees(f); reader.pass(f)) add(out, f);
    const auto next = reader.next();
    if (!next.has_value()) {
      out.error = next.error().text;
      return;
    }
    if (!next->has_value()) return;
    add(out, **next);
  }
}

outcome read_in_two(std::string_view stream, std::size_t cut, bool lent, bool looks = false) {
  wire::frame_reader reader{frame_limit};
  outcome out;
  for (const std::string_view part : {stream.substr(0, cut), stream.substr(cut)}) {
    const std::string gone_soon{part};
    if (lent)
      reader.lend(std::as_bytes(std::span{gone_soon}));
    else
      reader.feed(part);
    drain(reader, out, looks);
    require(reader.capacity() <= std::max<std::size_t>(4096, 2 * stream.size()));
  }
  return out;
}

}  // namespace

/// What libFuzzer calls. The first byte says where the stream is cut, the second as what kind of body the whole of it is looked at.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream{reinterpret_cast<const char*>(data) + 2, size - 2};
  try_as(data[1], stream);
  const outcome whole = read_in_two(stream, 0, false);
  const std::size_t cut = data[0] * stream.size() / 255;
  require(whole == read_in_two(stream, cut, false));
  require(whole == read_in_two(stream, cut, true));
  require(whole == read_in_two(stream, cut, true, true));
  for (const std::string& frame : whole.frames)
    try_as(static_cast<std::uint8_t>(frame[0]), std::string_view{frame}.substr(1));
  return 0;
}
