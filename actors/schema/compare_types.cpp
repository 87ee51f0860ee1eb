#include <algorithm>
#include <array>
#include <cstddef>
#include <troupe/schema/compare.hpp>
#include <troupe/schema/spelling.hpp>

namespace troupe::schema {

namespace {

/// Integers that are varints of one kind (K4); those of one byte are not.
constexpr std::array<std::array<std::string_view, 3>, 2> varints{
    {{"i16", "i32", "i64"}, {"u16", "u32", "u64"}}};

type_change compare_integers(std::string_view was, std::string_view now) {
  for (const auto& family : varints) {
    const auto a = std::find(family.begin(), family.end(), was);
    const auto b = std::find(family.begin(), family.end(), now);
    if (a != family.end() && b != family.end()) return a < b ? type_change::widened : type_change::narrowed;
  }
  return type_change::changed;
}

class comparison {
 public:
  comparison(const contract_set& was, const contract_set& now) : was_(was), now_(now) {}

  type_change run(const spelling& was, const spelling& now) const {
    if (was == now) return type_change::none;
    if (was.parts.empty() && now.parts.empty()) {
      return same_shape(was.name, now.name) ? type_change::renamed : compare_integers(was.name, now.name);
    }
    const bool variant = was.name == "variant" && now.name == "variant";
    const bool longer = now.parts.size() > was.parts.size();
    if (was.name != now.name || (was.parts.size() != now.parts.size() && !(variant && longer)))
      return type_change::changed;
    type_change worst = longer ? type_change::appended : type_change::none;
    for (std::size_t i = 0; i < was.parts.size(); ++i)
      worst = std::max(worst, run(was.parts[i], now.parts[i]));
    return worst;
  }

 private:
  bool same_shape(const std::string& was, const std::string& now) const {
    const type* const a = find(was_.types, was);
    const type* const b = find(now_.types, now);
    return a && b && a->kind == b->kind && a->underlying == b->underlying && a->fields == b->fields;
  }

  const contract_set& was_;
  const contract_set& now_;
};

}  // namespace

type_change compare_types(std::string_view was, const contract_set& old_set, std::string_view now,
                          const contract_set& new_set) {
  if (was == now) return type_change::none;
  return comparison{old_set, new_set}.run(take_apart(was), take_apart(now));
}

}  // namespace troupe::schema
