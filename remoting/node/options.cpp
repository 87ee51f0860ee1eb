#include <algorithm>
#include <charconv>
#include <troupe/base/path_pattern.hpp>
#include <troupe/config/config.hpp>
#include <troupe/node/detector_options.hpp>
#include <troupe/node/options.hpp>
#include <troupe/node/rights_options.hpp>
#include <troupe/wire/one_line.hpp>

namespace troupe {

namespace {

std::string endpoint_mistake(const std::string& text) {
  const auto parsed = port::parse_endpoint(text);
  return parsed ? std::string{} : parsed.error().text;
}

std::string name_mistake(const std::string& name) {
  if (wire::one_line(name) == name && !name.empty() && name.size() <= limits::name_bytes_max) return {};
  return "expected a name of 1 to " + std::to_string(limits::name_bytes_max) +
         " bytes without control characters";
}

std::string advertise_mistake(const std::string& text) {
  if (text.empty()) return {};
  if (text.size() > limits::name_bytes_max || wire::one_line(text) != text)
    return "expected an address of at most " + std::to_string(limits::name_bytes_max) +
           " bytes without control characters";
  return endpoint_mistake(text);
}

std::string heartbeat_mistake(const config& c) {
  const duration interval = c.get_duration("node.heartbeat_interval");
  const duration limit = c.get_duration("node.heartbeat_limit");
  if (limit / 2 >= interval) return {};
  return "expected node.heartbeat_limit to be at least twice node.heartbeat_interval, or one lost moment is "
         "a lost "
         "peer; they are " +
         to_plain(limit) + " and " + to_plain(interval);
}

// R7
std::string exposure_mistake(const config& c) {
  const std::string at = c.get_text("node.listen");
  if (c.get_bool("node.insecure") || !c.get_text("node.tls.certificate").empty() ||
      is_loopback(port::parse_endpoint(at).value()))
    return {};
  return "expected a loopback address or unix:/path, certificates (node.tls), or node.insecure = true to "
         "listen "
         "without TLS (R7), got \"" +
         at + "\"";
}

// R7 of the other direction: what this node says would go over a network as it is, and whoever answers there is believed.
std::string plain_dial_mistake(const config& c) {
  if (c.get_bool("node.insecure") || !c.get_text("node.tls.certificate").empty()) return {};
  for (const auto& [name, at] : c.get_table("node.peers"))
    if (name != c.get_text("node.name") && !is_loopback(port::parse_endpoint(at).value()))
      return "expected loopback addresses or unix:/path, certificates (node.tls), or node.insecure = true to "
             "dial without TLS (R7); " +
             name + " is at \"" + at + "\"";
  return {};
}

std::string certificates_mistake(const config& c) {
  std::string there, missing;
  for (const char* key : {"node.tls.certificate", "node.tls.key", "node.tls.authority"}) {
    std::string& to = c.get_text(key).empty() ? missing : there;
    to += (to.empty() ? "" : " and ") + std::string{key};
  }
  if (!there.empty() && !missing.empty()) return "expected " + missing + " as well: the three go together";
  if (there.empty() && !c.get_text("node.tls.revoked").empty())
    return "expected node.tls.certificate, node.tls.key and node.tls.authority as well";
  // A list that is not looked at would let in whom it leaves out.
  if (there.empty() && !c.get_list("node.tls.allow").empty())
    return "expected node.tls.certificate, node.tls.key and node.tls.authority as well: without them "
           "node.tls.allow "
           "keeps nobody out";
  if (there.empty() && c.get_bool("node.tls.close_expired"))
    return "expected node.tls.certificate, node.tls.key and node.tls.authority as well: without them nobody "
           "shows a certificate that could expire";
  return {};
}

std::string names_mistake(const config_list& names) {
  for (const std::string& name : names)
    if (std::string why = name_mistake(name); !why.empty()) return why;
  return {};
}

std::optional<std::uint32_t> user_number(const std::string& text) {
  std::uint32_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  return ec == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

std::string users_mistake(const config_list& users) {
  for (const std::string& one : users)
    if (!user_number(one)) return "expected the numbers of users, as `id -u` prints them";
  return {};
}

std::string spawnable_mistake(const std::vector<std::string>& patterns) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-*";
  for (const std::string& one : patterns)
    if (one.empty() || one.find_first_not_of(letters) != std::string::npos)
      return "expected names of actor types, as TROUPE_SPAWNABLE gives them, where * stands for any letters: "
             "bank.account, bank.*";
  return {};
}

std::string bulk_mistake(const std::vector<std::string>& patterns) {
  for (const std::string& one : patterns)
    if (std::string problem = path_pattern_problem(one); !problem.empty()) return problem;
  return {};
}

}  // namespace

bool is_loopback(const port::endpoint& at) noexcept {
  // "127.0.0.1.example" is a name that may lead anywhere.
  const bool digits = at.host.find_first_not_of("0123456789.") == std::string::npos;
  return at.is_local() || at.host == "localhost" || at.host == "::1" ||
         (digits && at.host.starts_with("127."));
}

config_schema node_options::schema() {
  config_schema s;
  s.text("node.name").required().check(name_mistake).help("this node's name, unique among its peers");
  s.text("node.listen").def("127.0.0.1:0").check(endpoint_mistake).help("address that peers connect to");
  s.table("node.peers")
      .def({})
      .check_entries(name_mistake, endpoint_mistake)
      .help("the other nodes: name = \"host:port\" or \"unix:/path\"");
  s.boolean("node.insecure").def(false).help("listen on other addresses than loopback without TLS (R7)");
  s.duration("node.heartbeat_interval")
      .def(milliseconds{500})
      .at_least(milliseconds{10})
      .help("silence after which a peer is asked for a sign of life");
  s.duration("node.heartbeat_limit")
      .def(node_options{}.heartbeat_limit)
      .at_least(milliseconds{50})
      .help("silence after which a peer is unreachable, whatever node.detector says");
  add_detector_keys(s);
  s.duration("node.down_after")
      .def(seconds{10})
      .at_least(milliseconds{50})
      .help("how long an unreachable peer may take to come back before it is declared down");
  s.duration("node.redial_max")
      .def(node_options{}.redial_max)
      .at_least(milliseconds{50})
      .help("longest wait before a peer that was declared down is dialled again");
  s.text("node.advertise")
      .def("")
      .check(advertise_mistake)
      .help("address that peers are told to dial; default: node.listen, if that is one address");
  s.bytes("node.unsent_max")
      .def(64u << 20)
      .at_least(1u << 20)
      .help("bytes queued for a peer, in each lane, before messages are refused");
  s.bytes("node.message_max")
      .def(64u << 20)
      .range(64u << 10, 2u << 30)
      .help("size of the largest message that is taken from a peer");
  s.bytes("node.freed_memory_kept")
      .def(node_options{}.freed_memory_kept)
      .range(0, 1u << 30)
      .help(
          "memory that this process has freed and does not give back at once, of each heap; 0: as the "
          "allocator "
          "has it");
  s.bytes("node.compress_above")
      .def(0)
      .range(0, 1u << 30)
      .help("size from which on messages to peers are compressed (LZ4); 0: none is");
  s.list("node.bulk")
      .def({})
      .check(bulk_mistake)
      .help(
          "patterns of paths on other nodes that get large messages or many: what is sent to others "
          "overtakes them");
  s.boolean("node.system_messages")
      .def(false)
      .help("let peers ask actors here for their state, suspend, resume and trace them");
  s.integer("node.inbound_max")
      .def(node_options{}.inbound_max)
      .range(1, 65536)
      .help("connections to this node of peers that have been let in");
  s.integer("node.strangers_max")
      .def(node_options{}.strangers_max)
      .range(1, 65536)
      .help(
          "connections to this node whose peers have not said yet who they are; the oldest gives way to the "
          "next");
  s.integer("node.introduced_max")
      .def(static_cast<std::int64_t>(node_options{}.introduced_max))
      .range(0, 65536)
      .help(
          "nodes that are known only because a peer has sent refs to their actors and says where they are; "
          "0: "
          "what peers say of others is not heard, nor said to them");
  s.integer("node.requests_max")
      .def(static_cast<std::int64_t>(node_options{}.requests_max))
      .range(1, 10'000'000)
      .help("asks that a peer may have open here on one connection before more are refused");
  s.integer("node.watches_max")
      .def(static_cast<std::int64_t>(node_options{}.watches_max))
      .range(1, 100'000'000)
      .help("actors here that a peer may watch");
  s.list("node.spawnable")
      .def({})
      .check(spawnable_mistake)
      .help("names of the actor types that peers may have spawned here, with * for any letters: bank.*");
  s.integer("node.spawned_max")
      .def(1000)
      .range(1, 1'000'000)
      .help("actors of other nodes that there may be here");
  s.integer("node.services_max")
      .def(10'000)
      .range(1, 1'000'000)
      .help("offers of services that are taken from a peer");
  s.text("node.tls.certificate")
      .def("")
      .help("file with this node's certificate, in PEM: TLS is spoken where there is one");
  s.text("node.tls.key").def("").help("file with the certificate's key, which only this user may read");
  s.text("node.tls.authority").def("").help("file with the certificates of those who sign the peers'");
  s.text("node.tls.revoked").def("").help("file with lists of certificates that don't count any more");
  s.list("node.tls.allow")
      .def({})
      .check(names_mistake)
      .help("the nodes that may be peers; empty: any that the authority has signed");
  s.boolean("node.tls.close_expired")
      .def(false)
      .help("end connections when the certificates that their peers have shown expire");
  s.list("node.unix_users")
      .def({})
      .check(users_mistake)
      .help("numbers of users who may connect over a Unix socket, besides this one");
  add_rights_keys(s);
  s.relate({"node.heartbeat_limit", "node.heartbeat_interval"}, heartbeat_mistake);
  s.relate({"node.listen", "node.insecure", "node.tls.certificate"}, exposure_mistake);
  s.relate({"node.peers", "node.insecure", "node.tls.certificate", "node.name"}, plain_dial_mistake);
  s.relate({"node.tls.certificate", "node.tls.key", "node.tls.authority", "node.tls.revoked",
            "node.tls.allow", "node.tls.close_expired"},
           certificates_mistake);
  return s;
}

node_options node_options::from(const config& c) {
  node_options o;
  o.name = c.get_text("node.name");
  o.listen = port::parse_endpoint(c.get_text("node.listen")).value();
  for (const auto& [name, at] : c.get_table("node.peers"))
    if (name != o.name) o.peers.emplace(name, port::parse_endpoint(at).value());
  o.insecure = c.get_bool("node.insecure");
  o.heartbeat_interval = c.get_duration("node.heartbeat_interval");
  o.heartbeat_limit = c.get_duration("node.heartbeat_limit");
  o.detector = detector_settings_from(c);
  o.down_after = c.get_duration("node.down_after");
  o.redial_max = c.get_duration("node.redial_max");
  if (const std::string at = c.get_text("node.advertise"); !at.empty())
    o.advertise = port::parse_endpoint(at).value();
  o.unsent_max = static_cast<std::size_t>(c.get_bytes("node.unsent_max"));
  o.message_max = static_cast<std::size_t>(c.get_bytes("node.message_max"));
  o.freed_memory_kept = static_cast<std::size_t>(c.get_bytes("node.freed_memory_kept"));
  o.compress_above = static_cast<std::size_t>(c.get_bytes("node.compress_above"));
  o.bulk = c.get_list("node.bulk");
  o.system_messages = c.get_bool("node.system_messages");
  o.inbound_max = static_cast<unsigned>(c.get_int("node.inbound_max"));
  o.strangers_max = static_cast<unsigned>(c.get_int("node.strangers_max"));
  o.requests_max = static_cast<std::size_t>(c.get_int("node.requests_max"));
  o.introduced_max = static_cast<std::size_t>(c.get_int("node.introduced_max"));
  o.watches_max = static_cast<std::size_t>(c.get_int("node.watches_max"));
  o.spawnable = c.get_list("node.spawnable");
  o.spawned_max = static_cast<std::size_t>(c.get_int("node.spawned_max"));
  o.services_max = static_cast<std::size_t>(c.get_int("node.services_max"));
  if (std::string certificate = c.get_text("node.tls.certificate"); !certificate.empty())
    o.tls = port::credential_files{std::move(certificate), c.get_text("node.tls.key"),
                                   c.get_text("node.tls.authority"), c.get_text("node.tls.revoked")};
  o.tls_allow = c.get_list("node.tls.allow");
  o.tls_close_expired = c.get_bool("node.tls.close_expired");
  for (const std::string& one : c.get_list("node.unix_users"))
    o.unix_users.push_back(user_number(one).value());
  read_rights(c, o);
  return o;
}

spawn_right spawn_right_of(const node_options& o) {
  if (o.may_spawn) return o.may_spawn;
  return [patterns = o.spawnable](std::string_view, std::string_view type) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return type_name_matches(pattern, type); });
  };
}

proof_rules proof_rules_of(const node_options& o) { return {o.tls.has_value(), o.tls_allow, o.unix_users}; }

}  // namespace troupe
