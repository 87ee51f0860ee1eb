// libFuzzer target: any bytes, as a message with a field of every kind (rule R8). What decodes must encode to
// bytes that decode to the same bytes again; anything else is a codec whose two halves disagree.
//
// Build with clang++ and -fsanitize=fuzzer,address,undefined.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <troupe/contract/contract.hpp>

#include "../unit/contract/everything.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto first = troupe::unpack<kinds::everything>(bytes);
  if (!first) {
    if (first.error().code != troupe::errc::decode_error || first.error().text.empty()) std::abort();
    return 0;
  }
  // Bytes are compared, not values: a NaN is not equal to itself. Unordered containers may change places once
  // more, so only their size is certain.
  const std::string written = troupe::pack(*first);
  const auto second = troupe::unpack<kinds::everything>(written);
  if (!second || troupe::pack(*second).size() != written.size()) std::abort();
  return 0;
}
