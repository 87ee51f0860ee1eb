#include <troupe/base/exit.hpp>

namespace troupe {

std::string_view to_string(exit_kind kind) noexcept {
  switch (kind) {
    case exit_kind::normal:
      return "normal";
    case exit_kind::shutdown:
      return "shutdown";
    case exit_kind::failed:
      return "failed";
    case exit_kind::killed:
      return "killed";
  }
  return "unknown";
}

std::string to_string(const exit_reason& reason) {
  std::string out{to_string(reason.kind)};
  if (reason.kind == exit_kind::failed) out += ": " + to_string(reason.why);
  return out;
}

}  // namespace troupe
