#include <algorithm>
#include <troupe/base/path_pattern.hpp>
#include <troupe/rights/rights_table.hpp>

namespace troupe::rights {

namespace {

using problem_function = std::string (*)(const std::vector<std::string>&);

bool any_path(const std::vector<std::string>& patterns, std::string_view path) noexcept {
  return std::any_of(patterns.begin(), patterns.end(),
                     [path](const std::string& one) { return path_matches(one, path); });
}

bool any_name(const std::vector<std::string>& patterns, std::string_view name) noexcept {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](const std::string& one) { return name_matches(one, name); });
}

std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

void check(const std::string& key, const std::string& problem) {
  if (!problem.empty()) throw failed{{errc::invalid, key + ": " + problem}};
}

// One by one, so that the text shows the one that is wrong.
void check_each(const std::string& key, const std::vector<std::string>& all, problem_function problem_of) {
  for (const std::string& one : all)
    if (const std::string problem = problem_of({one}); !problem.empty())
      check(key, problem + ", got " + quoted(one));
}

}  // namespace

std::string send_problem(const std::vector<std::string>& entries) {
  for (const std::string& one : entries)
    if (const auto read = parse_send_entry(one); !read) return read.error().text;
  return {};
}

std::string paths_problem(const std::vector<std::string>& patterns) {
  for (const std::string& one : patterns)
    if (std::string problem = reach_pattern_problem(one); !problem.empty()) return problem;
  return {};
}

std::string names_problem(const std::vector<std::string>& patterns) {
  for (const std::string& one : patterns)
    if (std::string problem = name_pattern_problem(one); !problem.empty()) return problem;
  return {};
}

std::string peer_problem(std::string_view self, std::string_view peer) {
  if (const std::string problem = name_pattern_problem(peer); !problem.empty())
    return problem + ", for the peers that it is about, got " + quoted(peer);
  if (peer == self) return "expected the names of peers, and " + quoted(peer) + " is this node itself";
  return {};
}

std::string limits_nothing(const std::vector<std::string>& open, const std::vector<std::string>& send) {
  for (const std::string& text : send) {
    const send_entry one = parse_send_entry(text).value();
    const auto wide =
        std::find_if(open.begin(), open.end(), [&](const std::string& all) { return covers(all, one.path); });
    if (!one.types.empty() && wide != open.end())
      return quoted(text) + " limits nothing, since node.public lets every peer send everything to " +
             quoted(*wide) + ": leave the types out here, or the path there";
  }
  return {};
}

rights_of_peer::rights_of_peer(const peer_rights& gives)
    : link_(gives.link), spawn_(gives.spawn), services_(gives.services) {
  check_each("send", gives.send, send_problem);
  check_each("link", gives.link, paths_problem);
  check_each("spawn", gives.spawn, names_problem);
  check_each("services", gives.services, names_problem);
  for (const std::string& text : gives.send) send_.push_back(parse_send_entry(text).value());
}

rights_of_peer rights_of_peer::everything_to(const std::vector<std::string>& paths) {
  rights_of_peer out;
  for (const std::string& path : paths) out.send_.push_back({path, {}});
  return out;
}

void rights_of_peer::add(const rights_of_peer& more) {
  send_.insert(send_.end(), more.send_.begin(), more.send_.end());
  link_.insert(link_.end(), more.link_.begin(), more.link_.end());
  spawn_.insert(spawn_.end(), more.spawn_.begin(), more.spawn_.end());
  services_.insert(services_.end(), more.services_.begin(), more.services_.end());
}

reach rights_of_peer::to(std::string_view path) const noexcept {
  reach out = reach::none;
  for (const send_entry& one : send_) {
    if (!path_matches(one.path, path)) continue;
    if (one.types.empty()) return reach::all;
    out = reach::some;
  }
  return out;
}

bool rights_of_peer::may_send(std::string_view path, std::string_view type) const noexcept {
  return std::any_of(send_.begin(), send_.end(), [&](const send_entry& one) {
    return path_matches(one.path, path) && (one.types.empty() || any_name(one.types, type));
  });
}

bool rights_of_peer::may_link(std::string_view path) const noexcept { return any_path(link_, path); }

bool rights_of_peer::may_spawn(std::string_view type) const noexcept { return any_name(spawn_, type); }

bool rights_of_peer::shares(std::string_view service) const noexcept { return any_name(services_, service); }

rights_table::rights_table(std::string_view self, const std::vector<std::string>& open,
                           const std::map<std::string, peer_rights>& by_peer) {
  check_each("node.public", open, paths_problem);
  all_.push_back({"*", rights_of_peer::everything_to(open)});
  for (const auto& [peer, gives] : by_peer) {
    const std::string key = "node.rights." + peer;
    check(key, peer_problem(self, peer));
    try {
      all_.push_back({peer, rights_of_peer{gives}});
    } catch (const failed& why) {
      throw failed{{errc::invalid, key + "." + why.why().text}};
    }
    check(key + ".send", limits_nothing(open, gives.send));
  }
}

rights_of_peer rights_table::of(std::string_view peer) const {
  rights_of_peer out;
  for (const entry& one : all_)
    if (name_matches(one.peer, peer)) out.add(one.gives);
  return out;
}

}  // namespace troupe::rights
