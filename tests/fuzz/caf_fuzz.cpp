// libFuzzer target for the fields of messages as plain CAF peers write them (CW1-CW3, R8): what CAF has made of the bytes before is CAF's. Build with
// -fsanitize=fuzzer,address,undefined.
//
// What must hold for any input:
//  - no crash, and a value that is read takes no more than the bytes are good for;
//  - what is read is written again as what is read again, of the same length.
#include <array>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/sec.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <troupe/basp/caf_fields.hpp>
#include <utility>
#include <vector>

#include "choices.hpp"

namespace caf_kinds {

enum class colour : std::int8_t { red = -1, green = 0, blue = 5 };
TROUPE_CONTRACT_ENUM(colour, "caf_kinds.colour", red, green, blue)
struct tree {
  std::uint32_t value = 0;
  std::vector<tree> children;
};
TROUPE_CONTRACT(tree, "caf_kinds.tree", 1, value, children)
struct nothing {};
TROUPE_CONTRACT(nothing, "caf_kinds.nothing", 1)

/// A field of every kind that CAF has a form for.
struct everything {
  bool truth = false;
  std::int16_t i16 = 0;
  std::uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  colour paint = colour::green;
  std::string text;
  std::vector<std::string> texts;
  std::vector<bool> bits;
  std::map<std::string, std::uint32_t> counts;
  std::set<std::int32_t> numbers;
  std::array<std::uint8_t, 3> three{};
  std::pair<std::string, bool> both;
  std::optional<tree> maybe;
  std::chrono::milliseconds time{};
  tree leaf;
};
TROUPE_CONTRACT(everything, "caf_kinds.everything", 1, truth, i16, u64, f32, f64, paint, text, texts, bits,
                counts, numbers, three, both, maybe, time, leaf)

}  // namespace caf_kinds

namespace troupe::detail {

// Refs are CAF's own actor handles: not looked at here.
caf::error caf_refusal(std::string why) {
  return caf::make_error(caf::sec::invalid_argument, std::move(why));
}

}  // namespace troupe::detail

namespace {

using namespace troupe;
using fuzz::require;
using buffer = std::vector<char>;

template <class T>
bool read(const buffer& bytes, T& out) {
  caf::binary_deserializer from{nullptr, bytes};
  detail::caf_reader reader{from};
  const bool done = reader.get(out);
  require(done == !reader.take_error());
  return done;
}

// Nothing for what CAF has no form for (CW4).
template <class T>
std::optional<buffer> written(const T& v) {
  buffer out;
  caf::binary_serializer to{nullptr, out};
  detail::caf_writer writer{to};
  const bool done = writer.put(v);
  require(done == !writer.take_error());
  return done ? std::optional{std::move(out)} : std::nullopt;
}

template <class T>
void try_type(const buffer& bytes) {
  T first{};
  if (!read(bytes, first)) return;
  const auto again = written(first);
  if (!again) return;
  T second{};
  require(read(*again, second) && written(second)->size() == again->size());
}

}  // namespace

/// What libFuzzer calls. The first byte says what the others are a value of.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto* const begin = reinterpret_cast<const char*>(data);
  const buffer bytes(begin + 1, begin + size);
  switch (data[0] % 16) {
    case 0:
      try_type<caf_kinds::tree>(bytes);
      break;
    case 1:
      try_type<std::vector<caf_kinds::tree>>(bytes);
      break;
    case 2:
      try_type<std::vector<caf_kinds::nothing>>(bytes);  // as many as are allowed, whatever the bytes
      break;
    default:
      try_type<caf_kinds::everything>(bytes);
  }
  return 0;
}
