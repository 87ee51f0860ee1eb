#include <set>
#include <troupe/base/limits.hpp>
#include <troupe/spec/supervisor_spec.hpp>

namespace troupe {

namespace {

/// Collects lines about one supervisor and those below it.
class checker {
 public:
  explicit checker(const dispatcher_check& no_dispatcher) : no_dispatcher_(no_dispatcher) {}

  void check(const supervisor_spec& spec, const std::string& path) {
    if (spec.limit.period <= duration::zero()) say(path, "the restart period must be more than 0");
    const bool dynamic = spec.how == strategy::dynamic;
    if (dynamic && !spec.children.empty())
      say(path,
          "a dynamic supervisor has no children to begin with: give it a pattern, and start them while it "
          "runs");
    if (!dynamic && spec.pattern) say(path, "only a dynamic supervisor has a pattern");
    if (dynamic && spec.children_max == 0) say(path, "children_max must be more than 0");
    if (spec.pattern) check(spec, *spec.pattern, path + "/*", true);
    std::set<std::string> seen;
    for (const child_spec& child : spec.children) {
      check(spec, child, path + "/" + child.id, false);
      if (!child.id.empty() && !seen.insert(child.id).second)
        say(path + "/" + child.id, "there are two of that name");
    }
  }

  void check(const supervisor_spec& above, const child_spec& c, const std::string& path, bool is_pattern) {
    const bool dynamic = above.how == strategy::dynamic;
    if (c.id.empty() && !dynamic) say(path, "a child has no name");
    if (c.id.size() > limits::name_bytes_max || c.id.find('/') != std::string::npos || c.id.starts_with('$'))
      say(path, "'" + c.id + "' is no name: at most " + std::to_string(limits::name_bytes_max) +
                    " bytes without '/', not beginning with '$'");
    if (!c.make && !is_pattern) say(path, "it has no factory");
    if (c.shutdown_time && *c.shutdown_time < duration::zero())
      say(path, "its shutdown time must not be negative");
    if (c.start_time && *c.start_time <= duration::zero()) say(path, "its start time must be more than 0");
    if (c.mailbox)
      if (const std::string problem = mailbox_choice_problem(*c.mailbox); !problem.empty())
        say(path, problem);
    if (!c.dispatcher.empty() && no_dispatcher_)
      if (const std::string problem = no_dispatcher_(c.dispatcher); !problem.empty()) say(path, problem);
    if (const std::string problem = restart_pace_problem(c.pace); !problem.empty()) say(path, problem);
    if (c.restart == restart_type::temporary && c.pace.index() != 0)
      say(path, "it is temporary, so it is never restarted: a wait before that makes no sense");
    if (c.is_significant && c.restart == restart_type::permanent)
      say(path, "it is permanent, so it can't be significant: it always comes back (S2)");
    if (c.is_significant && above.ends == auto_shutdown::off)
      say(path, "it is significant, but its supervisor never shuts down by itself: set auto_shutdown");
    if (c.below) check(*c.below, path);
  }

  std::vector<std::string> lines;

 private:
  void say(const std::string& path, const std::string& what) { lines.push_back(path + ": " + what); }

  const dispatcher_check& no_dispatcher_;
};

}  // namespace

std::string restart_pace_problem(const restart_pace& pace) {
  if (const auto* b = std::get_if<backoff_restart>(&pace)) {
    const auto checked = validate(b->waits);
    return checked ? std::string{} : checked.error().text;
  }
  if (const auto* c = std::get_if<circuit_restart>(&pace)) {
    if (c->failures_max == 0) return "circuit: failures_max must be more than 0";
    if (c->within <= duration::zero()) return "circuit: within must be more than 0";
    if (c->open_for <= duration::zero()) return "circuit: open_for must be more than 0";
  }
  return {};
}

std::vector<std::string> mistakes_in(const supervisor_spec& spec, const std::string& path,
                                     const dispatcher_check& no_dispatcher) {
  checker all{no_dispatcher};
  all.check(spec, path);
  return std::move(all.lines);
}

std::vector<std::string> mistakes_in(const supervisor_spec& above, const child_spec& child,
                                     const std::string& path, const dispatcher_check& no_dispatcher) {
  checker all{no_dispatcher};
  all.check(above, child, path + "/" + child.id, false);
  return std::move(all.lines);
}

}  // namespace troupe
