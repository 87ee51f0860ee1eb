// libFuzzer target for the texts that stand for refs (TK1-TK3): in frames a peer's, in JSON and files anybody's (R8). Build with
// -fsanitize=fuzzer,address,undefined.
//
// What must hold for any input:
//  - what is a token has a path and names within the limits, and is written again as one that says the same;
//  - what people are shown of it has no seal, and says the same besides.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/limits.hpp>
#include <troupe/cell/ref_token.hpp>

#include "choices.hpp"

namespace {

using namespace troupe;
using fuzz::require;

void check_path(std::string_view path) {
  require(path.starts_with('/') && path.size() <= limits::ref_token_bytes_max);
  std::size_t depth = 0;
  for (std::size_t at = 0; path != "/" && at < path.size(); ++depth) {
    const std::size_t next = std::min(path.find('/', at + 1), path.size());
    require(next > at + 1 && next - at - 1 <= limits::name_bytes_max);
    at = next;
  }
  require(depth <= limits::path_depth_max);
}

bool same(const ref_token& a, const ref_token& b) {
  return a.node == b.node && a.incarnation == b.incarnation && a.number == b.number && a.seal == b.seal &&
         a.path == b.path;
}

void try_local(std::string_view text) {
  const auto what = parse_local_token(text);
  if (!what) return;
  require(what->node.empty() && what->incarnation == 0);
  check_path(what->path);
  const std::string again = local_token(what->number, what->seal, what->path);
  const auto second = parse_local_token(again);
  require(second && same(*what, *second));
}

void try_token(std::string_view text) {
  const auto what = ref_token::parse(text);
  if (!what) return;
  require(!text.starts_with('!') && what->node.size() <= limits::name_bytes_max);
  require((what->number == 0) == (what->incarnation == 0));
  check_path(what->path);
  const std::string again =
      token_front(what->node, what->incarnation) + local_token(what->number, what->seal, what->path);
  // A name may be longer as it is written here: more of it is escaped than has to be.
  if (again.size() > limits::ref_token_bytes_max) return;
  const auto second = ref_token::parse(again);
  require(second && same(*what, *second));
  const std::string seen = without_seal(again);
  auto shown = ref_token::parse(seen);
  require(shown && shown->seal == 0);
  shown->seal = what->seal;
  require(same(*what, *shown));
}

}  // namespace

/// What libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try_local(text);
  try_token(text);
  static_cast<void>(without_seal(text));
  return 0;
}
