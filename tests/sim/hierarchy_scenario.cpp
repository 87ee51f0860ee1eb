// A random tree of supervisors, three to five deep, whose leaves fail and end at random, one at a time; after each step what lives, and which
// object of each leaf it is, is what the model says (S1-S3, S6).
#include <map>
#include <troupe/troupe.hpp>

#include "sim/hierarchy_model.hpp"
#include "sim/scenarios.hpp"

namespace simulations {

namespace {

using namespace troupe;

constexpr std::size_t actors = 500;
constexpr std::size_t breadth = 6;
constexpr int steps = 100;
constexpr std::size_t looked_at = 20;  // leaves, after each step; all of them at the end

struct which_object {
  using reply = std::uint64_t;
};
struct fail {};
struct quit {};

/// How many objects of each leaf there have been, by its path.
using book = std::map<std::string, std::uint64_t>;

class leaf : public actor<which_object, fail, quit> {
 public:
  leaf(std::shared_ptr<book> to, std::string path) : object_(++(*to)[path]) {}
  std::uint64_t on(const which_object&) const { return object_; }
  void on(const fail&) { throw std::runtime_error("told to"); }
  void on(const quit&) { stop_self(); }

 private:
  std::uint64_t object_;
};

child_spec typed(child_builder made, restart_type type) {
  child_spec spec = std::move(made);
  spec.restart = type;
  return spec;
}

supervisor_spec spec_of(const model_node& n, const std::shared_ptr<book>& to) {
  supervisor_spec out;
  out.how = n.how;
  out.limit = {n.intensity, n.period};
  for (const auto& child : n.children) {
    if (!child->is_supervisor) {
      out.children.push_back(typed(troupe::child<leaf>(child->id, to, child->path()), child->type));
      continue;
    }
    child_spec below = detail::supervisor_child(child->id, spec_of(*child, to));
    below.restart = child->type;
    out.children.push_back(std::move(below));
  }
  return out;
}

std::string say(const result<std::uint64_t>& answer) {
  return answer ? "object " + std::to_string(*answer) : std::string{to_string(answer.error().code)};
}

void compare(cluster& c, const model_node& n, const std::string& after) {
  const auto answer = c.find<which_object>("n1", "n1", n.path()).ask(which_object{}, seconds{5}).get();
  const bool right = n.up ? answer && *answer == n.made : !answer && answer.error().code == errc::stopped;
  if (!right)
    c.expect(false, n.path() + (n.up ? " is up, object " + std::to_string(n.made) : " is down") + ", " +
                        after + "; it answers: " + say(answer));
}

void run(cluster& c) {
  const auto objects = std::make_shared<book>();
  prng random{c.world().below(1u << 30)};
  hierarchy_model model{random, actors, breadth};
  model.start();
  c.add("n1", [&](troupe::system& sys) -> std::shared_ptr<void> {
    return std::make_shared<supervision>(supervise(sys, "top", spec_of(model.top(), objects)));
  });
  c.start();
  std::string after = "from the start";
  for (int i = 0; i < steps; ++i) {
    model_node& one = *model.leaves()[random.below(model.leaves().size())];
    c.run_for(seconds{1 + random.below(3)});
    if (one.up) {
      const bool fails = random.below(4) != 0;
      after = "after " + one.path() + (fails ? " failed" : " ended");
      const time_point now = c.world().now();
      if (fails)
        c.find<fail>("n1", "n1", one.path()).tell(fail{});
      else
        c.find<quit>("n1", "n1", one.path()).tell(quit{});
      model.ends(one, fails ? exit_kind::failed : exit_kind::normal, now);
      c.run_for(milliseconds{100});
    }
    for (std::size_t n = 0; n < looked_at; ++n)
      compare(c, *model.leaves()[random.below(model.leaves().size())], after);
    compare(c, one, after);
  }
  for (const model_node* n : model.leaves()) compare(c, *n, "at the end");
}

}  // namespace

scenario hierarchy(mutant) {
  return [](cluster& c) { run(c); };
}

}  // namespace simulations
