#include <algorithm>
#include <troupe/config/config.hpp>
#include <troupe/config/item.hpp>
#include <troupe/node/options.hpp>
#include <troupe/node/rights_options.hpp>

namespace troupe {

namespace {

constexpr std::string_view send_key = "node.rights.*.send", link_key = "node.rights.*.link",
                           spawn_key = "node.rights.*.spawn", services_key = "node.rights.*.services";

std::string peer_mistake(const config& c, std::string_view peer) {
  if (std::string why = rights::peer_problem(c.get_text("node.name"), peer); !why.empty()) return why;
  const config_list allowed = c.get_list("node.tls.allow");
  const bool is_let_in =
      allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
        return rights::name_matches(peer, name);
      });
  if (is_let_in) return {};
  return "expected a peer that node.tls.allow lets in; nobody there is \"" + std::string{peer} + "\"";
}

std::string limits_mistake(const config& c, std::string_view peer) {
  return rights::limits_nothing(c.get_list("node.public"), c.get_list(config_item_key(send_key, peer)));
}

}  // namespace

void add_rights_keys(config_schema& s) {
  s.list("node.public")
      .def({})
      .check(rights::paths_problem)
      .help("patterns of paths here that every peer may send to; /** at the end is all below");
  s.list("node.services")
      .def({})
      .check(rights::names_problem)
      .help("names of services (a * for their end) that are shared with every peer, both ways");
  s.list(std::string{send_key})
      .def({})
      .check(rights::send_problem)
      .help(
          "where the peers NAME (a * for its end) may send: /user/bank/*, or /user/bank/*: bank.query for "
          "some "
          "types "
          "only");
  s.list(std::string{link_key})
      .def({})
      .check(rights::paths_problem)
      .help("patterns of paths here whose actors they may link theirs to, and so end");
  s.list(std::string{spawn_key})
      .def({})
      .check(rights::names_problem)
      .help("names of registered classes that they may start actors of here");
  s.list(std::string{services_key})
      .def({})
      .check(rights::names_problem)
      .help("names of services that are shared with them: told to them, and believed of them");
  s.relate_items(
      {std::string{send_key}, std::string{link_key}, std::string{spawn_key}, std::string{services_key}},
      peer_mistake);
  s.relate_items({std::string{send_key}}, limits_mistake);
}

void read_rights(const config& c, node_options& to) {
  to.public_paths = c.get_list("node.public");
  to.services = c.get_list("node.services");
  for (const std::string& peer : c.items("node.rights"))
    to.rights[peer] = {.send = c.get_list(config_item_key(send_key, peer)),
                       .link = c.get_list(config_item_key(link_key, peer)),
                       .spawn = c.get_list(config_item_key(spawn_key, peer)),
                       .services = c.get_list(config_item_key(services_key, peer))};
}

bool shares_services(const node_options& o) noexcept {
  return !o.services.empty() || std::any_of(o.rights.begin(), o.rights.end(),
                                            [](const auto& r) { return !r.second.services.empty(); });
}

void trust_all_peers(node_options& o) {
  o.public_paths = {"/user/**"};
  o.rights["*"].link = {"/user/**"};
}

}  // namespace troupe
