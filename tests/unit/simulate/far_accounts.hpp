// What the tests of actors that are spawned on other nodes share: an account that can be made anywhere, and three nodes that make it.
#pragma once

#include <doctest/doctest.h>

#include <troupe/children/remote_child.hpp>
#include <troupe/node/far_spawn.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/troupe.hpp>

namespace far_accounts {

using namespace troupe;
using namespace std::chrono_literals;

struct deposit {
  std::int64_t cents = 0;
};
TROUPE_CONTRACT(deposit, "far_accounts.deposit", 1, cents)
struct balance {
  using reply = std::int64_t;
};
TROUPE_CONTRACT(balance, "far_accounts.balance", 1)
struct break_down {};
TROUPE_CONTRACT(break_down, "far_accounts.break_down", 1)
struct leave {};
TROUPE_CONTRACT(leave, "far_accounts.leave", 1)

class account : public actor<deposit, balance, break_down, leave> {
 public:
  account(std::string owner, std::int64_t cents) : cents_(cents) {
    if (cents < 0) throw std::invalid_argument{owner + " begins with debts"};
  }
  void on(const deposit& m) { cents_ += m.cents; }
  std::int64_t on(const balance&) { return cents_; }
  void on(const break_down&) { throw std::runtime_error{"the books are wrong"}; }
  void on(const leave&) { stop_self(); }

 private:
  std::int64_t cents_;
};
TROUPE_SPAWNABLE(account, "far_accounts.account", 1, std::string, std::int64_t)

/// The same name, of a later release, as who asks for it knows it.
struct later_account {
  using protocol = account::protocol;
};
TROUPE_SPAWNABLE(later_account, "far_accounts.account", 2, std::string, std::int64_t)
/// The same version with other arguments.
struct other_account {
  using protocol = account::protocol;
};
TROUPE_SPAWNABLE(other_account, "far_accounts.account", 1, std::string)
/// One that nobody makes.
struct unknown_account {
  using protocol = account::protocol;
};
TROUPE_SPAWNABLE(unknown_account, "far_accounts.unknown", 1)
/// One that is made, and that nobody may have made.
class vault : public actor<balance> {
 public:
  std::int64_t on(const balance&) { return 0; }
};
TROUPE_SPAWNABLE(vault, "vault", 1)

/// Three nodes that make accounts for each other; n2 at most three.
struct town {
  using tuning = cluster::tuning;

  explicit town(std::uint64_t seed = 1, tuning more = {}) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(
          name, [](troupe::system&) -> std::shared_ptr<void> { return {}; },
          [more](system_options& s, node_options& n) {
            n.types.add<account>().add<vault>();
            n.spawnable = {"far_accounts.*"};
            n.spawned_max = 3;
            if (more) more(s, n);
          });
    nodes.start();
    nodes.run_for(1s);
  }

  void apply(const std::string& text) { nodes.apply(parse_faults(text).value().front()); }
  peer_node at(const std::string& name) { return node(nodes.at("n1"), name); }

  /// The paths of the accounts that live on that node, made for n1.
  std::vector<std::string> living(const std::string& name) {
    std::vector<std::string> out;
    if (!nodes.is_up(name)) return out;
    for (const tree_node& one : inspect(nodes.at(name).env(), "/user/spawned/n1").children)
      out.push_back(one.path);
    return out;
  }
  /// How many on all of them.
  std::size_t living() { return living("n2").size() + living("n3").size(); }
  /// What n1 has below `/user` but `/user/spawned`.
  std::size_t left_here() { return inspect(nodes.at("n1").env(), "/user").children.size() - 1; }

  cluster nodes;
};

using lines = std::vector<std::string>;

}  // namespace far_accounts
