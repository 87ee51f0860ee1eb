#include <algorithm>
#include <map>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/mailbox_survey.hpp>

namespace troupe {

mailbox_survey survey_mailboxes(environment& env) {
  // By name: two classes of one name are one series.
  std::map<std::string, mailbox_figures, std::less<>> found;
  const auto of = [&](std::string_view type) -> mailbox_figures& {
    auto at = found.find(type);
    if (at == found.end()) {
      at = found.emplace(type, mailbox_figures{}).first;
      at->second.type = type;
    }
    return at->second;
  };
  mailbox_survey out;
  std::size_t seen = 0, left = surveyed_max;
  std::vector<cell_ptr> level;
  if (cell_ptr root = env.resolve("/")) level.push_back(std::move(root));
  while (!level.empty()) {
    std::vector<cell_ptr> below;
    for (const cell_ptr& c : level) {
      if (c->has_ended()) continue;  // on its parent's list until the next turn
      ++seen;
      if (const actor_class* const type = c->settings().type) {
        mailbox_figures& f = of(type->name);
        const std::uint64_t depth = c->mailbox_depth();
        ++f.actors;
        f.waiting += depth;
        f.deepest = std::max(f.deepest, depth);
      }
      if (left == 0) continue;
      for (cell_ptr& child : c->first_children(left)) {
        --left;
        below.push_back(std::move(child));
      }
    }
    level = std::move(below);
  }
  // Without the limit all were seen; what lives beside the tree, if only in a ref, is none.
  if (left == 0) out.unseen = env.cells() - std::min<std::uint64_t>(env.cells(), seen);
  for (const class_times& t : env.waits().all()) of(t.name).waits.add(t.times);
  out.by_type.reserve(found.size());
  for (auto& [name, figures] : found) out.by_type.push_back(std::move(figures));
  return out;
}

}  // namespace troupe
