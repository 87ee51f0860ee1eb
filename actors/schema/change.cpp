#include <array>
#include <cstddef>
#include <troupe/base/check.hpp>
#include <troupe/schema/change.hpp>

namespace troupe::schema {

namespace {

using enum change_kind;
constexpr auto safe = verdict::safe;
constexpr auto careful = verdict::careful;
constexpr auto breaking = verdict::breaking;

constexpr std::array<change_rule, change_kinds> rules{{
    {actor_added, "actor_added", safe, false, "nobody knows it yet"},
    {actor_removed, "actor_removed", safe, false, "its name is not on the wire"},
    {message_accepted, "message_accepted", safe, false, "nobody sends it there yet"},
    {message_refused, "message_refused", breaking, false,
     "who still sends it there gets a dead letter, who asks gets not_understood"},
    {message_added, "message_added", safe, false, "older programs do not understand it"},
    {message_removed, "message_removed", breaking, false,
     "who still sends it gets a dead letter, who asks gets not_understood"},
    {message_renamed, "message_renamed", breaking, false, "neither understands the name of the other"},
    {message_made_local, "message_made_local", breaking, false, "it can't come from another node any more"},
    {message_made_remote, "message_made_remote", safe, false, "it can come from another node now"},
    {reply_changed, "reply_changed", breaking, false, "askers do not understand the reply"},
    {version_raised, "version_raised", safe, false, "nothing else changed"},
    {version_not_raised, "version_not_raised", breaking, false,
     "nobody can tell the two apart: raise the version"},
    {version_lowered, "version_lowered", breaking, false, "the new one claims to be older"},
    {kind_changed, "kind_changed", breaking, false, "neither reads the other"},
    {field_appended, "field_appended", safe, false, "old readers skip it, new readers keep its initialiser"},
    {field_inserted, "field_inserted", breaking, false,
     "each side takes the fields from there on for others: append it"},
    {field_removed, "field_removed", breaking, false,
     "old readers miss it, and its place is taken by what follows or is appended next: keep it"},
    {field_reordered, "field_reordered", breaking, false, "each side takes one field for another"},
    {field_renamed, "field_renamed", breaking, true, "in JSON each side skips the name of the other"},
    {field_type_changed, "field_type_changed", breaking, false, "neither reads the field of the other"},
    {field_type_renamed, "field_type_renamed", breaking, true,
     "a wire name is for ever; in JSON a variant with the other name is refused"},
    {field_widened, "field_widened", careful, false,
     "old readers refuse values that do not fit: upgrade readers first"},
    {field_narrowed, "field_narrowed", breaking, false, "new readers refuse old values that do not fit"},
    {alternative_appended, "alternative_appended", careful, false,
     "old readers refuse it: upgrade readers first"},
    {initial_changed, "initial_changed", safe, false, "messages older than the field read the new one"},
    {value_added, "value_added", careful, false, "old readers refuse it: upgrade readers first"},
    {value_removed, "value_removed", breaking, false, "new readers refuse it in old messages"},
    {value_renamed, "value_renamed", breaking, true, "in JSON each side refuses the name of the other"},
    {value_renumbered, "value_renumbered", breaking, false,
     "each side takes it for another value or refuses it"},
    {underlying_widened, "underlying_widened", careful, false,
     "old readers refuse values that do not fit: upgrade readers first"},
    {underlying_changed, "underlying_changed", breaking, false, "neither reads the values of the other"},
}};

static_assert(
    [] {
      for (std::size_t i = 0; i < rules.size(); ++i)
        if (static_cast<std::size_t>(rules[i].kind) != i) return false;
      return true;
    }(),
    "the rows stand in the order of their kinds");

}  // namespace

const change_rule& rule_of(change_kind kind) noexcept {
  const auto row = static_cast<std::size_t>(kind);
  check(row < rules.size(), "a change of a kind that is not in the table");
  return rules[row];
}

std::string_view to_string(verdict v) noexcept {
  switch (v) {
    case verdict::safe:
      return "safe";
    case verdict::careful:
      return "careful";
    case verdict::breaking:
      break;
  }
  return "breaking";
}

verdict verdict_of(const change& c, bool binary_only) noexcept {
  const change_rule& rule = rule_of(c.kind);
  return binary_only && rule.json_only ? verdict::safe : rule.verdict;
}

std::string to_line(const change& c, bool binary_only) {
  const change_rule& rule = rule_of(c.kind);
  std::string out{to_string(verdict_of(c, binary_only))};
  out.resize(10, ' ');
  return out + c.subject + ": " + c.what + "; " + std::string{rule.who} + " [" + std::string{rule.name} + "]";
}

}  // namespace troupe::schema
