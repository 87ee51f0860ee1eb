#include <charconv>
#include <troupe/tree/child_table.hpp>

namespace troupe {

child_entry& child_table::add(std::shared_ptr<const child_spec> spec) {
  auto made = std::make_unique<child_entry>();
  made->spec = std::move(spec);
  made->at = list_.size();
  if (!made->spec->id.empty()) by_id_.emplace(made->spec->id, made.get());
  list_.push_back(std::move(made));
  return *list_.back();
}

void child_table::erase(child_entry& e, bool in_order) {
  now_has(e, nullptr);
  if (!e.spec->id.empty()) by_id_.erase(e.spec->id);
  const std::size_t at = e.at;
  if (in_order) {
    list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t i = at; i < list_.size(); ++i) list_[i]->at = i;
    return;
  }
  std::swap(list_[at], list_.back());
  list_[at]->at = at;
  list_.pop_back();
}

void child_table::now_has(child_entry& e, cell_ptr who) {
  if (e.who) by_number_.erase(e.who->number());
  e.who = std::move(who);
  if (e.who) by_number_.emplace(e.who->number(), &e);
}

child_entry* child_table::find(const cell& who) noexcept {
  const auto found = by_number_.find(who.number());
  return found == by_number_.end() ? nullptr : found->second;
}

child_entry* child_table::find(const std::string& id) noexcept {
  if (!id.starts_with('$')) {
    const auto named = by_id_.find(id);
    return named == by_id_.end() ? nullptr : named->second;
  }
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  if (ec != std::errc{} || end != id.data() + id.size()) return nullptr;
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

std::string child_table::id_of(const child_entry& e) {
  return !e.spec->id.empty() ? e.spec->id : e.who ? e.who->own_name() : std::string{"(a number)"};
}

}  // namespace troupe
