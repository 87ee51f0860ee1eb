#include <algorithm>
#include <troupe/base/error.hpp>
#include <troupe/node/spawnable_types.hpp>

namespace troupe {

spawnable_types& spawnable_types::add(const spawnable_type& one) {
  if (const spawnable_type* const other = find(one.name))
    throw failed{{errc::already_exists, "two actor types are called '" + std::string{one.name} +
                                            "' on the wire: version " + std::to_string(other->version) +
                                            " and version " + std::to_string(one.version) +
                                            "; a node makes one type of a name"}};
  all_.push_back(one);
  return *this;
}

const spawnable_type* spawnable_types::find(std::string_view name) const noexcept {
  const auto at =
      std::find_if(all_.begin(), all_.end(), [&](const spawnable_type& t) { return t.name == name; });
  return at == all_.end() ? nullptr : &*at;
}

bool type_name_matches(std::string_view pattern, std::string_view name) noexcept {
  // Where the last star stood, and how much of the name it stands for: with a later letter that does not fit it takes one more.
  std::size_t p = 0, n = 0, star = std::string_view::npos, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace troupe
