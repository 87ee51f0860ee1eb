// Fuzz target for the RESP parser (libFuzzer): the first byte cuts the rest of the input into pieces.
// Whatever the bytes are, the pieces must say the same as the whole (P1), within the memory that the limits
// allow (P2, P4).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <kv/resp/commands.hpp>
#include <kv/resp/glob.hpp>
#include <kv/resp/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

using kv::resp::parsed;
using kv::resp::parser;

constexpr kv::resp::parser_limits limits{
    .arguments_max = 64, .bulk_bytes_max = 1024, .command_bytes_max = 2048, .inline_bytes_max = 512};

// Ends the run, which is how a fuzzer learns of a finding.
void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "resp_fuzz: %s\n", what);
  std::abort();
}

struct transcript {
  std::vector<std::vector<std::string>> commands;
  std::string error;

  friend bool operator==(const transcript&, const transcript&) = default;
};

transcript read(std::string_view stream, std::size_t piece) {
  parser p(limits);
  transcript out;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    // A copy of just these bytes, so that a sanitizer sees a read beyond them.
    const std::string bytes(stream.substr(at, piece));
    p.feed(bytes);
    parsed found{};
    while ((found = p.next()) == parsed::command) {
      const auto arguments = p.arguments();
      require(!arguments.empty() && arguments.size() <= limits.arguments_max, "a command breaks its bounds");
      out.commands.emplace_back(arguments.begin(), arguments.end());
    }
    if (found == parsed::failed) out.error = p.error();
    require(p.buffered_bytes() <= 8 * (limits.command_bytes_max + piece) + 4096, "the parser holds too much");
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const transcript whole = read(stream, std::max<std::size_t>(stream.size(), 1));
  require(whole == read(stream, 1u + data[0]), "pieces say something else than the whole");
  for (const auto& command : whole.commands) {
    const std::vector<std::string_view> arguments(command.begin(), command.end());
    const auto checked = kv::resp::check_command(arguments);
    require((checked.spec == nullptr) == !checked.error.empty(), "a request is neither run nor refused");
    if (arguments.size() > 1) {
      static_cast<void>(kv::resp::glob_match(arguments[0], arguments[1]));
      static_cast<void>(kv::resp::glob_match(arguments[1], arguments[0], kv::resp::letter_case::ignored));
    }
  }
  return 0;
}
