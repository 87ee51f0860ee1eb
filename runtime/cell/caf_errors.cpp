#include <caf/exit_reason.hpp>
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
  if (why == caf::exit_reason::remote_link_unreachable) code = errc::unreachable;
  return {code, caf::to_string(why)};
}

caf::error to_caf_exit(exit_kind kind) {
  switch (kind) {
    case exit_kind::normal:
      return {};
    case exit_kind::shutdown:
      return caf::make_error(caf::exit_reason::user_shutdown);
    case exit_kind::failed:
      return caf::make_error(caf::exit_reason::unhandled_exception);
    case exit_kind::killed:
      return caf::make_error(caf::exit_reason::unreachable);  // CR2
    case exit_kind::gone:
      return caf::make_error(caf::exit_reason::unknown);
    case exit_kind::unreachable:
      return caf::make_error(caf::exit_reason::remote_link_unreachable);
  }
  return caf::make_error(caf::exit_reason::unknown);
}

exit_reason from_caf_exit(const caf::error& why) {
  if (!why) return {exit_kind::normal, {}};
  exit_kind kind = exit_kind::failed;
  if (why == caf::exit_reason::user_shutdown) kind = exit_kind::shutdown;
  if (why == caf::exit_reason::kill || why == caf::exit_reason::unreachable) kind = exit_kind::killed;
  if (why == caf::exit_reason::remote_link_unreachable) kind = exit_kind::unreachable;
  errc code = errc::stopped;
  if (kind == exit_kind::failed) code = errc::handler_failed;
  if (kind == exit_kind::unreachable) code = errc::unreachable;
  return {kind, {code, caf::to_string(why)}};
}

}  // namespace troupe
