#include <troupe/base/path_pattern.hpp>

namespace troupe {

namespace {

/// The names of a path, one after the other.
class names_of {
 public:
  explicit names_of(std::string_view path) noexcept : left_(path) {}
  bool end() const noexcept { return left_.empty(); }
  /// The next one; the slash before it is passed over.
  std::string_view next() noexcept {
    if (!left_.empty()) left_.remove_prefix(1);
    const auto slash = left_.find('/');
    const auto name = left_.substr(0, slash);
    left_.remove_prefix(name.size());
    return name;
  }

 private:
  std::string_view left_;
};

constexpr std::string_view any = "*";
constexpr std::string_view all_below = "**";

}  // namespace

std::string path_pattern_problem(std::string_view pattern) {
  const std::string expected = "expected the path of actors, like /user/kv or /user/kv/*";
  if (!pattern.starts_with("/user/") && !pattern.starts_with("/system/")) return expected;
  for (names_of names{pattern}; !names.end();) {
    const auto name = names.next();
    if (name.empty()) return expected + ", without an empty name";
    if (name == all_below && !names.end()) return expected + ", where ** stands at the end";
    if (name != any && name != all_below && name.find('*') != std::string_view::npos)
      return expected + ", where * stands for a whole name";
  }
  return {};
}

bool path_matches(std::string_view pattern, std::string_view path) noexcept {
  names_of wanted{pattern}, there{path};
  while (!wanted.end() && !there.end()) {
    const auto name = wanted.next();
    if (name == all_below) return wanted.end();
    if (name != there.next() && name != any) return false;
  }
  return wanted.end() && there.end();
}

bool more_exact_path(std::string_view a, std::string_view b) noexcept {
  names_of left{a}, right{b};
  while (!left.end() && !right.end()) {
    const auto l = left.next(), r = right.next();
    if (l == r) continue;
    if (l == all_below || r == all_below) return r == all_below;
    if (l == any || r == any) return r == any;
    return l < r;
  }
  return left.end() && !right.end();
}

}  // namespace troupe
