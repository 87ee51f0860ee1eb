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
    case exit_kind::gone:
      return "gone";
    case exit_kind::unreachable:
      return "unreachable";
  }
  return "unknown";
}

std::optional<exit_kind> exit_kind_from_string(std::string_view name) noexcept {
  using enum exit_kind;
  for (const exit_kind kind : {normal, shutdown, exit_kind::failed, killed, gone, unreachable})
    if (to_string(kind) == name) return kind;
  return {};
}

std::string to_string(const exit_reason& reason) {
  std::string out{to_string(reason.kind)};
  if (reason.kind == exit_kind::failed || reason.kind == exit_kind::unreachable)
    out += ": " + to_string(reason.why);
  return out;
}

}  // namespace troupe
