// On which node a remote child is next (PC1, PC2), and what a choice of nodes may be.
#include <doctest/doctest.h>

#include <troupe/children/far_child.hpp>
#include <troupe/children/node_choice.hpp>
#include <troupe/children/remote_child.hpp>

namespace children_node_choice_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct ping {
  using reply = int;
};
TROUPE_CONTRACT(ping, "node_choice_test.ping", 1)

struct pinged {
  using protocol = messages<ping>;
};
TROUPE_SPAWNABLE(pinged, "node_choice_test.pinged", 1, int)

std::string mistake(node_choice where) {
  try {
    const child_spec spec = remote_child<pinged>("p", std::move(where), 1);
    return spec.id;
  } catch (const failed& e) {
    return e.why().text;
  }
}

}  // namespace

TEST_CASE("PC2: a child stays where it serves, and goes on where its node is away or it was told to") {
  const node_choice stays = on_nodes({"a", "b", "c"});
  CHECK(stays.due_after(1, false) == 1);
  CHECK(stays.due_after(1, true) == 2);
  CHECK(stays.due_after(2, true) == 0);
  const node_choice moves = on_nodes({"a", "b"}).next_after_failure();
  CHECK(moves.due_after(0, false) == 1);
  CHECK(moves.due_after(1, false) == 0);
  const node_choice alone = on_node("a");
  CHECK(alone.due_after(0, true) == 0);
  CHECK(alone.due_after(0, false) == 0);
}

TEST_CASE("a choice of nodes that makes no sense is refused when the child is described, with its id") {
  CHECK(mistake(on_nodes({})) == "remote child 'p': it names no node to live on");
  CHECK(mistake(on_nodes({"a", ""})) == "remote child 'p': one of its nodes has no name");
  CHECK(mistake(on_nodes({"a", "b", "a"})) == "remote child 'p': it names the node 'a' twice");
  CHECK(mistake(on_node("a").patience(0s)) ==
        "remote child 'p': its patience with a node must be more than 0");
  CHECK(mistake(on_node("a")) == "p");
}

TEST_CASE("FC5: of a shutdown time a quarter is kept for the way, and no more than a second") {
  CHECK(detail::far_child::way_time(5s) == 1s);
  CHECK(detail::far_child::way_time(400ms) == 100ms);
  CHECK(detail::far_child::way_time(0s) == 0s);
}

TEST_CASE("FC1: a system that is no node can't start a remote child, and the error says what to do") {
  troupe::system_options quiet;
  quiet.log = log_level::error;
  troupe::system sys{quiet};
  try {
    supervise(sys, "top", one_for_one{}, remote_child<pinged>("p", on_node("n2").patience(100ms), 1));
    FAIL("it has started");
  } catch (const failed& e) {
    CHECK(e.why().text.find("node 'n2' is no peer of this node: add it to node.peers") != std::string::npos);
  }
}

TEST_CASE("FC6: a remote child can have no poison policy but drop") {
  troupe::system_options quiet;
  quiet.log = log_level::error;
  troupe::system sys{quiet};
  try {
    supervise(sys, "top", one_for_one{},
              remote_child<pinged>("p", on_node("n2"), 1).poison(poison_policy::retry(2)));
    FAIL("it has started");
  } catch (const failed& e) {
    CHECK(e.why().text.find("a remote child can have no poison policy but drop") != std::string::npos);
  }
}

}  // namespace children_node_choice_test
