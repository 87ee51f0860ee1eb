#include <troupe/base/bounded_text.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/message_facts.hpp>

namespace troupe {

namespace {

/// Looks for a cell by its number, parents before children. A child's number is higher than its parent's, so what lies below a
/// higher number is not looked at.
class sender_search {
 public:
  explicit sender_search(std::uint64_t number) noexcept : number_(number) {}

  cell_ptr in(const cell_ptr& root) {
    std::vector<cell_ptr> level{root};
    while (!level.empty()) {
      std::vector<cell_ptr> below;
      for (const cell_ptr& c : level) {
        if (c->number() == number_) return c;
        if (c->number() > number_ || left_ == 0) continue;
        for (cell_ptr& child : c->first_children(left_)) {
          --left_;
          below.push_back(std::move(child));
        }
      }
      level = std::move(below);
    }
    return {};
  }

 private:
  const std::uint64_t number_;
  std::size_t left_ = sender_search_max;
};

std::string content_of(const engine::envelope& e, std::size_t bytes_max) {
  if (!e.type->print || e.hollow || bytes_max == 0) return {};
  bounded_text out{bytes_max};
  try {
    e.type->print(e.payload(), out);
  } catch (...) {
    return {};  // a user's code, which fails where only a text is at stake
  }
  return std::move(out).take();
}

}  // namespace

std::string sender_of(environment& env, std::uint64_t cause) {
  if (cause == 0) return {};
  const std::string number = "actor " + std::to_string(cause & ~engine::cause_elsewhere);
  if (cause & engine::cause_elsewhere) return number + " of another node";
  // The commonest: whoever finds out is the sender itself, or somebody above it.
  for (const cell* c = cell::current(); c && &c->env() == &env; c = c->parent().get())
    if (c->number() == cause) return c->path();
  const cell_ptr root = env.resolve("/");
  const cell_ptr found = root ? sender_search{cause}.in(root) : cell_ptr{};
  return found ? found->path() : number;
}

message_facts message_facts::of(environment& env, const engine::envelope& e) {
  message_facts out;
  if (!e.type) return out;
  out.type = e.type->name;
  if (const auto* const o = const_cast<engine::envelope&>(e).options())
    out.trace = to_string(trace_context{o->trace_high, o->trace_low, o->span});
  if (e.type == &caf_element_type) {
    const auto& arrived = *static_cast<const caf_element*>(e.payload());
    if (const auto from = arrived.sender()) out.sender = "caf:" + std::to_string(from);
    bounded_text content{env.message_text_max()};
    if (env.message_text_max() != 0) content.add(arrived.text());
    out.content = std::move(content).take();
    return out;
  }
  out.content = content_of(e, env.message_text_max());
  out.sender = sender_of(env, e.cause);
  return out;
}

}  // namespace troupe
