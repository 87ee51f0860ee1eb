// libFuzzer target: any text, as the JSON of a message with a field of every kind (rule R8). What is read must be
// written as a text that is read again.
//
// Build with clang++ and -fsanitize=fuzzer,address,undefined.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <troupe/json/json.hpp>

#include "../unit/contract/everything.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto first = troupe::from_json<kinds::everything>(text);
  if (!first) {
    if (first.error().code != troupe::errc::decode_error || first.error().text.empty()) std::abort();
    return 0;
  }
  // Texts are compared, not values: a NaN is not equal to itself. Unordered containers may change places once more.
  const std::string written = troupe::to_json(*first);
  const auto second = troupe::from_json<kinds::everything>(written);
  if (!second || troupe::to_json(*second).size() != written.size()) std::abort();
  return 0;
}
