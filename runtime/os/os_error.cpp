#include <boost/system/error_code.hpp>
#include <cerrno>
#include <troupe/os/os_error.hpp>

namespace troupe::os {
namespace {

errc code_of(int number) noexcept {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return errc::disk_full;
    case ENOENT:
      return errc::not_found;
    case EEXIST:
      return errc::already_exists;
    case EAGAIN:
      return errc::would_block;
    default:
      return errc::io;
  }
}

}  // namespace

error errno_error(errc code, int number, std::string_view operation, std::string_view subject) {
  // Boost's message is thread-safe; strerror is not.
  const auto reason = boost::system::error_code{number, boost::system::system_category()}.message();
  std::string text{operation};
  text.append(" ").append(subject).append(": ").append(reason);
  return {code, std::move(text)};
}

error errno_error(int number, std::string_view operation, std::string_view subject) {
  return errno_error(code_of(number), number, operation, subject);
}

bool is_exhaustion(int number) noexcept {
  return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

}  // namespace troupe::os
