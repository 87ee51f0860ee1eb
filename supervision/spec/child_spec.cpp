#include <algorithm>
#include <set>
#include <troupe/base/limits.hpp>
#include <troupe/spec/child_spec.hpp>

namespace troupe {

std::vector<std::string> mistakes_in(
    std::span<const child_spec> children, const restart_limit& limit,
    const std::function<std::string(const std::string& name)>& no_dispatcher) {
  std::vector<std::string> out;
  if (limit.period <= duration::zero()) out.push_back("the restart period must be more than 0");
  std::set<std::string> seen;
  for (const auto& c : children) {
    const std::string who = "child '" + c.id + "': ";
    if (c.id.empty()) out.push_back("a child has no name");
    if (c.id.size() > limits::name_bytes_max || c.id.find('/') != std::string::npos)
      out.push_back(who + "a name has at most " + std::to_string(limits::name_bytes_max) +
                    " bytes and no '/'");
    if (!seen.insert(c.id).second) out.push_back(who + "there are two of that name");
    if (!c.make) out.push_back(who + "it has no factory");
    if (c.shutdown_time && *c.shutdown_time < duration::zero())
      out.push_back(who + "its shutdown time must not be negative");
    if (c.start_time && *c.start_time <= duration::zero())
      out.push_back(who + "its start time must be more than 0");
    if (c.mailbox)
      if (const std::string problem = mailbox_choice_problem(*c.mailbox); !problem.empty())
        out.push_back(who + problem);
    if (!c.dispatcher.empty() && no_dispatcher)
      if (const std::string problem = no_dispatcher(c.dispatcher); !problem.empty())
        out.push_back(who + problem);
  }
  return out;
}

}  // namespace troupe
