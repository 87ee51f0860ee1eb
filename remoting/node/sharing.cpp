#include <algorithm>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/node/open_requests.hpp>
#include <troupe/node/sharing.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/system/guardian.hpp>

namespace troupe::detail {

void sharing::check(system& sys, const node_options& options) {
  if (shares_services(options) && !sys.find_extension<receptionist_extension>())
    throw failed{
        {errc::invalid, "node " + options.name +
                            " shares services (node.services, node.rights.*.services) and has no "
                            "receptionist: construct its system with troupe::receptionist_extension{} too"}};
}

std::map<std::string, peer_rights> sharing::rights_with_services(const node_options& options) {
  auto out = options.rights;
  if (!shares_services(options)) return out;
  peer_rights& of_all = out["*"];
  of_all.services.insert(of_all.services.end(), options.services.begin(), options.services.end());
  const std::string question =
      std::string{services_path} + ": " + std::string{contract_of<services_wanted>.name};
  // Where the path is public anyway that would limit nothing (RI5).
  if (rights::limits_nothing(options.public_paths, {question}).empty()) of_all.send.push_back(question);
  return out;
}

void sharing::start(system& sys) {
  sys.find_extension<receptionist_extension>()->start(sys);
  exchange_ = ref<services::exchange>{
      start_below(*sys.user_root(), kept_running(props_of<services::exchange>(
                                        sys.env(), {.name = "services", .poison = poison_policy::retry(1)},
                                        static_cast<services::exchange_host*>(this))))};
}

// NX2
bool sharing::runs() const {
  const cell_ptr at = exchange_ ? exchange_.address()->here() : cell_ptr{};
  return at && !at->has_ended();
}

void sharing::met(const std::string& peer) const {
  if (runs()) exchange_.tell(services::peer_met{peer});
}

void sharing::lost(const std::string& peer) const {
  if (runs()) exchange_.tell(services::peer_lost{peer});
}

std::string sharing::asker(const engine::reply_slot* slot) const {
  const auto* const request = dynamic_cast<const remote_request*>(slot);
  return request ? request->peer() : std::string{};
}

ref<services_wanted> sharing::exchange_of(const std::string& peer) {
  return ref<services_wanted>{nodes_.address_at({.node = peer, .path = services_path})};
}

bool sharing::shares(std::string_view service) const noexcept {
  const auto has = [service](const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [service](const std::string& one) { return rights::name_matches(one, service); });
  };
  return has(options_.services) || std::any_of(options_.rights.begin(), options_.rights.end(),
                                               [&](const auto& one) { return has(one.second.services); });
}

void sharing::refused(const std::string& peer, std::string_view why) {
  told_.add(peer, services_path, {}, why);
}

}  // namespace troupe::detail
