#include <algorithm>
#include <cstddef>
#include <troupe/schema/compare_fields.hpp>

namespace troupe::schema {

namespace {

using names = std::vector<std::string_view>;

bool has(const names& in, std::string_view name) { return std::find(in.begin(), in.end(), name) != in.end(); }

std::string listed(const names& in) {
  std::string out;
  for (const std::string_view name : in) out += (out.empty() ? "" : ", ") + std::string{name};
  return out;
}

class field_comparison {
 public:
  field_comparison(const type& was, const contract_set& old_set, const type& now, const contract_set& new_set,
                   std::vector<change>& out)
      : was_(was), old_set_(old_set), now_(now), new_set_(new_set), out_(out) {}

  void run() {
    pair_by_name();
    for (const field& f : was_.fields)
      if (!has(stayed_, f.name)) gone(f);
    check_order();
    for (std::size_t i = 0; i < now_.fields.size(); ++i)
      if (!has(stayed_, now_.fields[i].name) && !has(renamed_, now_.fields[i].name)) came(i);
    for (const field& f : was_.fields)
      if (const field* const g = find(now_.fields, f.name)) changed_type(f, *g);
  }

 private:
  void add(change_kind kind, const std::string& name, std::string what) {
    out_.push_back({kind, was_.name + "." + name, std::move(what)});
  }

  void pair_by_name() {
    for (const field& f : was_.fields)
      if (find(now_.fields, f.name)) stayed_.push_back(f.name);
  }

  // A field whose place has another name and the same type is called so now (CD1).
  void gone(const field& f) {
    const auto place = static_cast<std::size_t>(&f - was_.fields.data());
    if (place < now_.fields.size()) {
      const field& there = now_.fields[place];
      if (!find(was_.fields, there.name) && there.type == f.type) {
        renamed_.push_back(there.name);
        return add(change_kind::field_renamed, f.name, "is called " + there.name);
      }
    }
    add(change_kind::field_removed, f.name, "was removed");
  }

  // The order of what is in both: what came and went in between is told by itself.
  void check_order() {
    names order;
    for (const field& f : now_.fields)
      if (has(stayed_, f.name)) order.push_back(f.name);
    if (order != stayed_)
      out_.push_back({change_kind::field_reordered, was_.name,
                      "the fields " + listed(stayed_) + " are now in the order " + listed(order)});
  }

  // Appended is what stands behind all that was there, at a place that nothing had.
  void came(std::size_t place) {
    const field& f = now_.fields[place];
    const bool behind =
        std::none_of(now_.fields.begin() + static_cast<std::ptrdiff_t>(place), now_.fields.end(),
                     [&](const field& g) { return has(stayed_, g.name) || has(renamed_, g.name); });
    if (!behind || place < was_.fields.size())
      return add(change_kind::field_inserted, f.name, "came at place " + std::to_string(place + 1));
    add(change_kind::field_appended, f.name,
        "was appended as " + f.type + (f.initial ? ", initially " + *f.initial : ""));
  }

  void changed_type(const field& f, const field& g) {
    const std::string what = f.type + " became " + g.type;
    switch (compare_types(f.type, old_set_, g.type, new_set_)) {
      case type_change::none:
        if (f.initial && g.initial && f.initial != g.initial)
          add(change_kind::initial_changed, f.name,
              "its initialiser " + *f.initial + " became " + *g.initial);
        return;
      case type_change::renamed:
        return add(change_kind::field_type_renamed, f.name, what);
      case type_change::appended:
        return add(change_kind::alternative_appended, f.name, what);
      case type_change::widened:
        return add(change_kind::field_widened, f.name, what);
      case type_change::narrowed:
        return add(change_kind::field_narrowed, f.name, what);
      case type_change::changed:
        return add(change_kind::field_type_changed, f.name, what);
    }
  }

  const type& was_;
  const contract_set& old_set_;
  const type& now_;
  const contract_set& new_set_;
  std::vector<change>& out_;
  names stayed_;
  names renamed_;
};

}  // namespace

void compare_fields(const type& was, const contract_set& old_set, const type& now,
                    const contract_set& new_set, std::vector<change>& out) {
  field_comparison{was, old_set, now, new_set, out}.run();
}

}  // namespace troupe::schema
