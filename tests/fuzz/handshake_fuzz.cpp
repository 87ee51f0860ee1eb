// libFuzzer target for what a node does with the bytes of a stranger until it knows him (R6, R8): frames are found as they come, in pieces, and the
// first is judged. Build with -fsanitize=fuzzer,address,undefined.
//
// What must hold for any input:
//  - nobody is let in but with a hello that says all it has to, whoever looks at it again;
//  - who is turned away is told why, in words that can be sent;
//  - no more is read than a handshake may cost.
#include <algorithm>
#include <string>
#include <troupe/link/handshake_guard.hpp>
#include <troupe/wire/frame_reader.hpp>

#include "choices.hpp"

namespace {

using namespace troupe;
using fuzz::require;

const node_identity self{
    .name = "n2", .incarnation = 7, .capabilities = 0xff, .heartbeat_interval = milliseconds{500}};
constexpr std::uint64_t replaced = 99;

void check_admission(const admission& in) {
  const wire::hello& peer = in.peer;
  require(peer.magic == wire::magic && peer.version == wire::version);
  require(!peer.node.empty() && peer.node.size() <= limits::name_bytes_max && peer.node != self.name);
  require(peer.target.empty() || peer.target == self.name);
  require(peer.heartbeat_interval > duration::zero());
  require(peer.incarnation != replaced && peer.node != "mallory");
  require((in.answer.capabilities & ~(peer.capabilities & self.capabilities)) == 0);
  std::string frame;
  in.answer.encode(frame);
  require(wire::welcome::decode(std::string_view{frame}.substr(wire::header_bytes)).value() == in.answer);
}

void check_reject(const wire::reject& why) {
  require(!why.text.empty());
  std::string frame;
  why.encode(frame);
  const auto back = wire::reject::decode(std::string_view{frame}.substr(wire::header_bytes));
  require(back.has_value() && back->code == why.code);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::choices from{data, size};
  handshake_guard guard{self, time_point{}};
  wire::frame_reader reader;
  std::size_t read = 0;
  while (from.any()) {
    const std::string_view piece = from.bytes(1 + from.below(256));
    read += piece.size();
    const auto too_much = guard.on_bytes(piece.size());
    require(too_much.has_value() == (read > limits::handshake_bytes_max));
    if (too_much) return check_reject(*too_much), 0;
    reader.feed(piece);
    const auto next = reader.next();
    require(reader.capacity() <= 2 * limits::handshake_bytes_max);
    if (!next) return require(next.error().code == errc::decode_error && !next.error().text.empty()), 0;
    if (!*next) continue;
    const auto answer = guard.on_frame(
        **next, [](std::string_view, std::uint64_t incarnation) { return incarnation == replaced; },
        [](std::string_view node) {
          return std::string{node == "mallory" ? "it has a certificate for n3" : ""};
        });
    if (const auto* in = std::get_if<admission>(&answer))
      check_admission(*in);
    else
      check_reject(std::get<wire::reject>(answer));
    return 0;
  }
  return 0;
}
