#include <set>
#include <troupe/json/json.hpp>
#include <troupe/schema/contract_set.hpp>

namespace troupe::schema {

namespace {

/// The first name that comes twice; empty when none does.
template <class T>
std::string twice(const std::vector<T>& in) {
  std::set<std::string_view> seen;
  for (const T& each : in)
    if (!seen.insert(each.name).second) return each.name;
  return {};
}

error invalid(std::string why) { return {errc::invalid, std::move(why)}; }

}  // namespace

std::string to_text(const contract_set& set) { return to_json(set, json_style::indented) + '\n'; }

result<contract_set> from_text(std::string_view text) {
  auto set = from_json<contract_set>(text);
  if (!set) return set;
  if (set->format != contract_set{}.format)
    return invalid("contracts of format " + std::to_string(set->format) + "; this program reads format " +
                   std::to_string(contract_set{}.format));
  // Another JSON object has none of our members, and would be a program that understands nothing.
  if (set->actors.empty() && set->messages.empty() && set->types.empty())
    return invalid("no contracts in it; a program prints them with troupe::contracts_json<Actors...>()");
  if (const auto name = twice(set->actors); !name.empty())
    return invalid("the actor " + name + " comes twice");
  if (const auto name = twice(set->messages); !name.empty())
    return invalid("the message " + name + " comes twice");
  if (const auto name = twice(set->types); !name.empty()) return invalid("the type " + name + " comes twice");
  for (const type& each : set->types)
    if (const auto name = twice(each.fields); !name.empty())
      return invalid("the type " + each.name + " has " + name + " twice");
  return set;
}

}  // namespace troupe::schema
