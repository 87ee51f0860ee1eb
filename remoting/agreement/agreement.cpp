#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>
#include <troupe/agreement/agreement.hpp>
#include <troupe/base/hash.hpp>
#include <troupe/schema/compare.hpp>
#include <troupe/schema/spelling.hpp>

namespace troupe {

namespace {

using schema::change;
using schema::contract_set;
using schema::verdict;

/// A type that has so many fields more there than here is not compared field by field (AG4).
constexpr std::size_t fields_more_max = 256;
/// Changes of a message that are kept.
constexpr std::size_t changes_kept_max = 16;

/// Changes by the type that they are of, those of the binary form alone.
using changes_by_type = std::map<std::string, std::vector<change>, std::less<>>;

/// The type of `set` that a change's subject is of, or is a field of; empty for another subject.
std::string_view type_of(const contract_set& set, std::string_view subject) {
  for (std::string_view name = subject; !name.empty();) {
    if (find(set.types, name)) return name;
    const std::size_t dot = name.rfind('.');
    name = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
  }
  return {};
}

/// What of `of` the other has as well: so that comparing them takes time by our own set, whatever a peer sends.
contract_set common(const contract_set& of, const contract_set& other) {
  const auto names = [](const auto& all) {
    std::set<std::string_view> out;
    for (const auto& each : all) out.insert(each.name);
    return out;
  };
  const auto messages = names(other.messages), types = names(other.types);
  contract_set out;
  for (const schema::message& m : of.messages)
    if (messages.contains(m.name) && !find(out.messages, m.name)) out.messages.push_back(m);
  for (const schema::type& t : of.types)
    if (types.contains(t.name) && !find(out.types, t.name)) out.types.push_back(t);
  return out;
}

changes_by_type changes_from(const contract_set& was, const contract_set& now) {
  changes_by_type out;
  for (change& c : schema::compare(was, now)) {
    if (c.kind <= schema::change_kind::reply_changed) continue;  // of messages: AG2
    const std::string_view type = type_of(was, c.subject);
    if (!type.empty()) out[std::string{type}].push_back(std::move(c));
  }
  return out;
}

bool is_breaking(const std::vector<change>& all) {
  return std::any_of(all.begin(), all.end(),
                     [](const change& c) { return verdict_of(c, true) == verdict::breaking; });
}

/// The incompatible types, each with the changes of the direction that has fewer of them (AG1).
changes_by_type incompatible_types(const contract_set& mine, const contract_set& theirs,
                                   std::size_t& differ) {
  contract_set a = mine, b = theirs;
  changes_by_type out;
  std::erase_if(b.types, [&](const schema::type& t) {
    const schema::type* const own = find(mine.types, t.name);
    if (t.fields.size() <= own->fields.size() + fields_more_max) return false;
    out[t.name] = {{schema::change_kind::field_inserted, t.name,
                    "has " + std::to_string(t.fields.size()) + " fields there and " +
                        std::to_string(own->fields.size()) + " here"}};
    return true;
  });
  std::erase_if(a.types, [&](const schema::type& t) { return out.contains(t.name); });
  changes_by_type there = changes_from(a, b), here = changes_from(b, a);
  for (const schema::type& t : mine.types) {
    const schema::type* const other = find(theirs.types, t.name);
    if (!other || other->schema == t.schema || out.contains(t.name)) continue;
    if (is_breaking(there[t.name]) && is_breaking(here[t.name]))
      out[t.name] = there[t.name].size() <= here[t.name].size() ? there[t.name] : here[t.name];
    else
      ++differ;
  }
  return out;
}

/// Adds the types of `set` that are in `s`, and in those.
void add_types(const contract_set& set, const schema::spelling& s, std::set<std::string>& out) {
  for (const schema::spelling& part : s.parts) add_types(set, part, out);
  const schema::type* const type = find(set.types, s.name);
  if (!type || !out.insert(type->name).second) return;
  for (const schema::field& f : type->fields) add_types(set, schema::take_apart(f.type), out);
}

std::uint64_t number_of(std::string_view hexadecimal) {
  std::uint64_t out = 0;
  if (hexadecimal.starts_with("0x")) hexadecimal.remove_prefix(2);
  std::from_chars(hexadecimal.data(), hexadecimal.data() + hexadecimal.size(), out, 16);
  return out;
}

}  // namespace

std::uint64_t digest_of(const contract_set& set) {
  if (set.messages.empty()) return 0;
  std::uint64_t out = stable_hash("");
  for (const schema::message& m : set.messages)
    if (!m.local) out = stable_hash(m.name + ' ' + m.reply + ' ' + m.schema + '\n', out);
  for (const schema::type& t : set.types) out = stable_hash(t.name + ' ' + t.schema + '\n', out);
  return out == 0 ? 1 : out;
}

agreement agree(const contract_set& all_mine, const contract_set& all_theirs) {
  const contract_set mine = common(all_mine, all_theirs), theirs = common(all_theirs, all_mine);
  agreement out;
  const changes_by_type broken = incompatible_types(mine, theirs, out.differ);
  for (const schema::message& m : mine.messages) {
    const schema::message* const other = find(theirs.messages, m.name);
    if (!other || m.local || other->local || other->hash != m.hash) continue;
    misread_message bad{m.name, {}, 0};
    if (m.reply != other->reply)
      bad.changes.push_back("breaking  " + m.name + ": it is answered with " + m.reply + " here and with " +
                            other->reply + " there");
    std::set<std::string> inside;
    for (const std::string& spelled : {m.name, m.reply}) add_types(mine, schema::take_apart(spelled), inside);
    for (const std::string& type : inside) {
      const auto at = broken.find(type);
      if (at == broken.end()) continue;
      for (const change& c : at->second) {
        if (bad.changes.size() < changes_kept_max)
          bad.changes.push_back(to_line(c, true));
        else
          ++bad.more;
      }
    }
    if (!bad.changes.empty()) out.misread.emplace(number_of(m.hash), std::move(bad));
  }
  return out;
}

std::string to_line(const misread_message& m, std::size_t bytes_max) {
  std::string out = m.name + ": " + (m.changes.empty() ? std::string{} : m.changes.front());
  const std::size_t others = m.changes.size() + m.more - std::min<std::size_t>(m.changes.size(), 1);
  const std::string more = others > 0 ? ", and " + std::to_string(others) + " more" : std::string{};
  if (out.size() + more.size() > bytes_max) {
    out.resize(bytes_max - std::min(bytes_max, more.size() + 3));
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0)
      out.pop_back();  // whole characters
    out += "...";
  }
  return out + more;
}

}  // namespace troupe
