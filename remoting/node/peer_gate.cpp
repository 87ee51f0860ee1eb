#include <troupe/config/item.hpp>
#include <troupe/node/peer_gate.hpp>
#include <troupe/node/refusals.hpp>
#include <troupe/services/messages.hpp>
#include <troupe/wire/fields.hpp>
#include <troupe/wire/one_line.hpp>

namespace troupe::detail {

namespace {

/// Of a path that a peer has written, in a line for people.
constexpr std::size_t shown_bytes_max = 256;

std::string shown(std::string_view text) { return wire::one_line(wire::fields::cut(text, shown_bytes_max)); }

}  // namespace

error peer_gate::no(const std::string& what, const std::string& fix, std::string_view path) const {
  return {errc::not_permitted,
          "node " + peer_ + " may not " + what + " on node " + self_ + "; to let it, add " + fix + " there",
          {},
          std::string{path}};
}

error peer_gate::no_send(std::string_view path, std::string_view type) const {
  // Nobody is there where no services are shared, so an open path would not help.
  if (path == services_path && may_.to(path) == rights::reach::none)
    return no("hear of services",
              "their names to node.services or " + config_item_key("node.rights.*.services", peer_), path);
  return no("send " + std::string{type} + " to " + shown(path),
            "the path to node.public or " + config_item_key("node.rights.*.send", peer_), path);
}

error peer_gate::no_watch(std::string_view path) const {
  return no("watch " + shown(path),
            "the path to node.public or " + config_item_key("node.rights.*.send", peer_), path);
}

error peer_gate::no_link(std::string_view path) const {
  return no("link to " + shown(path), "the path to " + config_item_key("node.rights.*.link", peer_), path);
}

error peer_gate::no_spawn(std::string_view type) const {
  return no("start a " + shown(type), "that name to " + config_item_key("node.rights.*.spawn", peer_), {});
}

void peer_gate::tell(const error& no, std::string_view type) const {
  told_.add(peer_, shown(no.path), shown(type), no.text);
}

}  // namespace troupe::detail
