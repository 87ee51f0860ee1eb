#include <troupe/base/bytes.hpp>
#include <troupe/node/encoded.hpp>

namespace troupe::detail {

result<void> encode_payload(std::string& out, const message_type& type, const void* at,
                            const void* context) noexcept {
  if (!type.encode)
    return error{errc::invalid,
                 std::string{type.name} +
                     " has no contract, so it can't leave the process; give it a TROUPE_CONTRACT"};
  try {
    byte_writer to{out, context};
    type.encode(at, to);
    return {};
  } catch (...) {
    return error{errc::invalid, "encoding " + std::string{type.name} + " threw " +
                                    to_string(current_exception_error(errc::invalid))};
  }
}

}  // namespace troupe::detail
