// The replies that need no shard: what the node says of itself.
#include <algorithm>
#include <array>
#include <troupe/tree/inspect.hpp>

#include "kv/resp/glob.hpp"
#include "kv/resp/reply.hpp"
#include "kv/service/session.hpp"

namespace kv {

using resp::verb;

namespace {

void append_command(std::string& out, const resp::command_spec& c) {
  resp::append_array(out, 6);
  resp::append_bulk(out, c.name);
  resp::append_integer(out, c.arity);
  resp::append_array(out, c.on_keys == resp::effect::none ? 0 : 1);
  if (c.on_keys != resp::effect::none)
    resp::append_simple(out, c.on_keys == resp::effect::writes ? "write" : "readonly");
  resp::append_integer(out, c.first_key);
  resp::append_integer(out, c.last_key);
  resp::append_integer(out, c.key_step);
}

bool is(std::string_view word, std::string_view name) {
  return resp::glob_match(name, word, resp::letter_case::ignored);
}

std::string command_reply(std::span<const std::string_view> a) {
  std::string out;
  if (a.size() == 1) {
    resp::append_array(out, std::size(resp::command_table));
    for (const auto& c : resp::command_table) append_command(out, c);
  } else if (is(a[1], "count")) {
    resp::append_integer(out, static_cast<std::int64_t>(std::size(resp::command_table)));
  } else if (is(a[1], "info")) {
    resp::append_array(out, a.size() - 2);
    for (const auto name : a.subspan(2)) {
      if (const auto* c = resp::find_command(name))
        append_command(out, *c);
      else
        out += "*-1\r\n";
    }
  } else if (is(a[1], "docs")) {
    resp::append_array(out, 0);
  } else {
    resp::append_error(
        out, "ERR unknown subcommand '" + std::string{a[1].substr(0, 64)} + "'. Try COMMAND COUNT.");
  }
  return out;
}

}  // namespace

std::string session::local_reply(const resp::command_spec& spec, arguments a) const {
  std::string out;
  switch (spec.id) {
    case verb::ping:
      if (a.size() == 1)
        resp::append_simple(out, "PONG");
      else
        resp::append_bulk(out, a[1]);
      break;
    case verb::echo:
      resp::append_bulk(out, a[1]);
      break;
    case verb::quit:
      resp::append_simple(out, "OK");
      break;
    case verb::command:
      return command_reply(a);
    case verb::config: {
      if (!is(a[1], "get") || a.size() < 3) {
        resp::append_error(out, a.size() < 3 ? resp::wrong_arguments("config|get")
                                             : "ERR CONFIG knows GET only; a node is configured by its file");
        break;
      }
      const std::array<std::pair<std::string, std::string>, 6> known{{
          {"appendfsync", shared_->how.durable == troupe::sqlite::durability::full ? "always" : "no"},
          {"appendonly", "yes"},
          {"databases", "1"},
          {"dir", shared_->how.directory},
          {"maxclients", std::to_string(shared_->how.clients_max)},
          {"save", ""},
      }};
      std::vector<const std::pair<std::string, std::string>*> found;
      for (const auto& k : known)
        if (std::any_of(a.begin() + 2, a.end(), [&](auto pattern) { return is(k.first, pattern); }))
          found.push_back(&k);
      resp::append_array(out, 2 * found.size());
      for (const auto* k : found) {
        resp::append_bulk(out, k->first);
        resp::append_bulk(out, k->second);
      }
      break;
    }
    case verb::info: {
      const auto& events = shared_->sys.events();
      std::string text =
          "# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\ntroupe_node:" + shared_->keys.self();
      text += "\r\n# Cluster\r\nshards:" + std::to_string(shard_count) +
              "\r\nown_shards:" + std::to_string(shared_->keys.own_shards().size());
      text += "\r\n# Stats\r\nactors:" + std::to_string(shared_->sys.env().cells());
      text += "\r\nactor_restarts:" + std::to_string(events.count(troupe::event_kind::actor_restarted));
      text += "\r\ndead_letters:" + std::to_string(events.count(troupe::event_kind::dead_letter)) + "\r\n";
      resp::append_bulk(out, text);
      break;
    }
    default:
      break;
  }
  return out;
}

namespace {

/// When something was heard of it, and what that means.
std::string heard(const troupe::peer_status& p) {
  if (!p.heartbeat) return {};
  return ", silent for " + troupe::in_seconds(p.heartbeat->silent) + " (" + to_string(*p.heartbeat) + ")";
}

}  // namespace

std::string session::troupe_reply(arguments a) const {
  std::string out;
  if (a.size() == 2 && is(a[1], "tree")) {
    resp::append_bulk(out, to_text(troupe::inspect(shared_->sys.env())));
  } else if (a.size() == 2 && is(a[1], "nodes")) {
    std::string text = shared_->keys.self() + " self\n";
    for (const auto& p : troupe::peers(shared_->sys)) {
      const auto ms = std::to_string(troupe::duration_cast<troupe::milliseconds>(p.since).count());
      text +=
          p.name + " " + to_string(p.at) + " " +
          (p.reachable
               ? "reachable for " + ms + " ms, incarnation " + std::to_string(p.incarnation) + heard(p)
               : "unreachable for " + ms + " ms: " + (p.reason.empty() ? "not connected yet" : p.reason)) +
          "\n";
    }
    resp::append_bulk(out, text);
  } else if (a.size() == 3 && is(a[1], "where")) {
    const auto shard = keyspace::shard_of(a[2]);
    resp::append_bulk(out, "shard " + std::to_string(shard) + " on " + shared_->keys.node_of(shard));
  } else {
    resp::append_error(out, "ERR TROUPE knows TREE, NODES, WHERE key and CRASH key");
  }
  return out;
}

}  // namespace kv
