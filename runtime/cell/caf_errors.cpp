#include <caf/sec.hpp>
#include <troupe/cell/caf_errors.hpp>

namespace troupe {

namespace {

caf::sec code_of(errc code) noexcept {
  switch (code) {
    case errc::stopped:
      return caf::sec::request_receiver_down;
    case errc::timeout:
    case errc::expired:
      return caf::sec::request_timeout;
    case errc::not_understood:
      return caf::sec::unexpected_message;
    default:
      return caf::sec::runtime_error;
  }
}

}  // namespace

caf::error to_caf_error(const error& why) { return caf::make_error(code_of(why.code), to_string(why)); }

error from_caf_error(const caf::error& why) {
  errc code = errc::handler_failed;
  if (why == caf::sec::request_receiver_down) code = errc::stopped;
  if (why == caf::sec::request_timeout) code = errc::timeout;
  if (why == caf::sec::unexpected_message) code = errc::not_understood;
  return {code, caf::to_string(why)};
}

}  // namespace troupe
