#include <algorithm>
#include <troupe/link/proof.hpp>
#include <troupe/wire/one_line.hpp>

namespace troupe {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view one) {
  return std::find(names.begin(), names.end(), one) != names.end();
}

}  // namespace

std::string objection_to_user(const port::peer_proof& proof, const proof_rules& rules) {
  if (proof.how != port::peer_proof::kind::local_user || proof.own_user) return {};
  if (std::find(rules.users.begin(), rules.users.end(), proof.user) != rules.users.end()) return {};
  return "user " + std::to_string(proof.user) + " may not be a peer here; add the number to node.unix_users";
}

std::string objection_to(const port::peer_proof& proof, std::string_view node, const proof_rules& rules) {
  const std::string name = wire::one_line(node);
  switch (proof.how) {
    case port::peer_proof::kind::none:
      return rules.certificates ? name + " has proved nothing, and this node wants certificates (node.tls)"
                                : std::string{};
    case port::peer_proof::kind::local_user:
      return objection_to_user(proof, rules);
    case port::peer_proof::kind::certificate:
      break;
  }
  if (!contains(proof.nodes, node))
    return "it has " + wire::one_line(to_string(proof)) + ", and not for " + name +
           "; correct the name, or make a certificate for it";
  if (!rules.allowed.empty() && !contains(rules.allowed, node)) return name + " is not in node.tls.allow";
  return {};
}

}  // namespace troupe
