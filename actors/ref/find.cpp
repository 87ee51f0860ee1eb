#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/config/suggest.hpp>
#include <troupe/ref/find.hpp>
#include <vector>

namespace troupe::detail {

namespace {

/// What is there instead of a name that is missing, for a person.
std::string instead_of(std::string_view wanted, const cell& at) {
  constexpr std::size_t shown_max = 8;
  const auto children = at.children();
  std::vector<std::string> names;
  names.reserve(children.size());
  for (const cell_ptr& c : children) names.push_back(c->own_name());
  if (names.empty()) return "it has no children";
  if (const std::string_view near = configuration::nearest(wanted, names, '/'); !near.empty())
    return "did you mean '" + std::string{near} + "'?";
  std::string out = "it has ";
  for (std::size_t i = 0; i < std::min(names.size(), shown_max); ++i) out += (i ? ", " : "") + names[i];
  if (names.size() > shown_max) out += ", ... (" + std::to_string(names.size()) + " in all)";
  return out;
}

/// Which name of the path is missing.
error nobody_at(environment& env, const std::string& path) {
  std::size_t known = 0;  // the part of the path that there is
  cell_ptr at = env.resolve("/");
  while (at) {
    const std::size_t end = std::min(path.find('/', known + 1), path.size());
    cell_ptr next = env.resolve(std::string_view{path}.substr(0, end));
    if (!next) {
      const std::string missing = path.substr(known + 1, end - known - 1);
      const std::string where = known ? path.substr(0, known) : "/";
      return {errc::not_found,
              "there is no actor at '" + path + "': " + where + " has no '" + missing + "', " +
                  instead_of(missing, *at),
              {},
              path};
    }
    if (end == path.size()) break;
    known = end;
    at = std::move(next);
  }
  return {errc::not_found, "there is no actor at '" + path + "'", {}, path};
}

}  // namespace

result<address_ptr> address_now(environment& env, const std::string& path,
                                std::span<const message_type* const> all) {
  try {
    const address_ptr named = named_address_of(env, path);
    address_ptr at = env.names().resolver_for(path) ? named : address_ptr{named->here()};
    if (!at) return nobody_at(env, path);
    const actor_class* const kind = at->understands();
    for (const message_type* const wanted : all) {
      const bool yes = kind && std::find(kind->accepts, kind->accepts + kind->accepts_count, wanted) !=
                                   kind->accepts + kind->accepts_count;
      if (!yes)
        return error{errc::not_understood,
                     "the actor at " + path + (kind ? ", a " + std::string{kind->name} + "," : "") +
                         " does not understand " + std::string{wanted->name},
                     {},
                     path};
    }
    return at;
  } catch (const failed& no) {
    return no.why();
  }
}

}  // namespace troupe::detail
