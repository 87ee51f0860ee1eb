#include <troupe/base/backoff_settings.hpp>

namespace troupe {

result<void> validate(const backoff_settings& s) {
  constexpr duration longest = std::chrono::hours{24 * 365};
  const auto wrong = [](const char* text) { return error{errc::invalid, text}; };
  if (s.min <= duration::zero()) return wrong("backoff: min must be more than 0");
  if (s.max < s.min) return wrong("backoff: max must be at least min");
  if (s.max > longest) return wrong("backoff: max must be at most 365 days");
  if (!(s.jitter >= 0.0 && s.jitter <= 1.0)) return wrong("backoff: jitter must be from 0 to 1");
  if (s.reset_after && *s.reset_after < duration::zero())
    return wrong("backoff: reset_after must not be negative");
  return {};
}

}  // namespace troupe
