#include <troupe/children/far_child.hpp>
#include <troupe/children/remote_child.hpp>

namespace troupe::detail {

std::function<cell_props(environment&)> far_child_factory(
    const actor_class& kind, const std::string& id, node_choice where,
    std::function<spawn_request(environment&)> request) {
  if (const std::string why = where.problem(); !why.empty())
    throw failed{{errc::invalid, "remote child '" + id + "': " + why}};
  const auto plan =
      std::make_shared<const far_child_plan>(far_child_plan{std::move(where), std::move(request)});
  return [plan, &kind](environment&) { return far_child_props(kind, plan); };
}

}  // namespace troupe::detail
