#include <troupe/tree/decisions.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/lives_elsewhere.hpp>

namespace troupe {

namespace {

tree_node picture(const cell_ptr& c) {
  tree_node node{c->path(),
                 c->settings().type ? std::string{c->settings().type->name} : std::string{},
                 c->status(),
                 c->incarnation(),
                 c->mailbox_depth(),
                 {},
                 {}};
  if (const auto* const there = dynamic_cast<const lives_elsewhere*>(c->shown()))
    node.lives_at = there->lives_at();
  if (const auto* const log = dynamic_cast<const decision_log*>(c->shown()))
    node.decisions = log->all(c->env().now());
  // One that has stopped is on its parent's list until the parent's next turn; it is no longer part of the living tree.
  for (const auto& child : c->children())
    if (!child->has_ended()) node.children.push_back(picture(child));
  return node;
}

void write(const tree_node& node, std::size_t depth, bool decisions, std::string& out) {
  out.append(2 * depth, ' ').append(node.path).append(" ").append(to_string(node.status));
  out += " restarts=" + std::to_string(node.restarts) + " mailbox=" + std::to_string(node.mailbox_depth);
  if (!node.lives_at.empty()) out += " at " + node.lives_at;
  out += "\n";
  if (decisions)
    for (const decision& d : node.decisions)
      out.append(2 * depth + 4, ' ').append("* ").append(to_string(d)) += '\n';
  for (const auto& child : node.children) write(child, depth + 1, decisions, out);
}

}  // namespace

tree_node inspect(environment& env, const std::string& path) {
  const cell_ptr top = env.resolve(path);
  return top ? picture(top) : tree_node{};
}

std::vector<class_waits> waits(environment& env) {
  std::vector<class_waits> out;
  for (const class_times& of_class : env.waits().all())
    out.push_back({of_class.name, of_class.times.count(), of_class.times.at(50), of_class.times.at(99),
                   of_class.times.longest()});
  return out;
}

std::string to_text(const std::vector<class_waits>& all) {
  const auto us = [](duration d) { return std::to_string(duration_cast<microseconds>(d).count()) + "us"; };
  std::string out;
  for (const class_waits& w : all)
    out += w.type + " measured=" + std::to_string(w.measured) + " median=" + us(w.median) +
           " p99=" + us(w.p99) + " longest=" + us(w.longest) + "\n";
  return out;
}

std::string to_text(const tree_node& top, bool decisions) {
  std::string out;
  if (!top.path.empty()) write(top, 0, decisions, out);
  return out;
}

}  // namespace troupe
