// Fallbacks and other nodes: what a fallback passes on to a node, and what a node lets come to one (DG3, M4, R8).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_fallback_test {

namespace fallbacks {

struct known {
  using reply = int;
};
TROUPE_CONTRACT(known, "fallbacks.known", 1)
struct stray {
  std::string text;
  using reply = std::string;
};
TROUPE_CONTRACT(stray, "fallbacks.stray", 1, text)
/// Stays in its process.
struct homebound {
  using reply = int;
};

}  // namespace fallbacks

using namespace troupe;
using namespace node_test;
using namespace fallbacks;
using life::journal;
using life::journal_ptr;

namespace {

/// Knows strays.
class expert : public actor<stray> {
 public:
  result<std::string> on(const stray& m) {
    if (m.text.empty()) return error{errc::not_found, "nothing in it"};
    return "about " + m.text;
  }
};

/// Passes on what it does not know, and notes it.
class front : public actor<known> {
 public:
  front(any_ref to, journal_ptr j) : to_(std::move(to)), journal_(std::move(j)) {}
  int on(const known&) { return 1; }
  void on_unknown(delivery& d) override {
    journal_->note(std::string{d->type->name});
    forward(to_);
  }

 private:
  const any_ref to_;
  const journal_ptr journal_;
};

using any_front = ref<known, stray, homebound>;

}  // namespace

TEST_CASE(
    "DG3, M5: a fallback forwards to another node, whose answer or error is the asker's; what has no "
    "contract stays") {
  const world w;
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  spawn<expert>(there, "expert");
  REQUIRE(wait_for_peer(here, true));
  const auto j = std::make_shared<journal>();
  spawn<front>(here, "front", any_ref{node(here, "n2").ref<stray>("/user/expert")}, j);
  const auto f = ref_to<known, stray, homebound>(here.env(), "/user/front");
  CHECK(f.ask(stray{"x"}, 20s).get().value() == "about x");
  CHECK(f.ask(stray{}, 20s).get().error().code == errc::not_found);
  const auto stays = f.ask(homebound{}, 20s).get();
  REQUIRE(stays.has_error());
  CHECK(stays.error().code == errc::invalid);
  CHECK(stays.error().text.find("homebound") != std::string::npos);
}

TEST_CASE(
    "M4, R8: what another node sends that is not in the protocol is refused there, and comes to no "
    "fallback") {
  const world w;
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  const auto e = spawn<expert>(there, "expert");  // somebody there could read it
  const auto j = std::make_shared<journal>();
  spawn<front>(there, "front", any_ref{e}, j);
  REQUIRE(wait_for_peer(here, true));
  const any_front f = node(here, "n2").ref<known, stray, homebound>("/user/front");
  f.tell(stray{"x"});
  CHECK(f.ask(stray{"x"}, 20s).get().error().code == errc::not_understood);
  CHECK(f.ask(known{}, 20s).get().value() == 1);
  CHECK(j->all().empty());
  // From there it would have come.
  CHECK(ref_to<stray>(there.env(), "/user/front").ask(stray{"x"}, 20s).get().value() == "about x");
  CHECK(j->all().size() == 1);
}

}  // namespace node_fallback_test
