// The system side of actors on another node: let in where that node says so, and nowhere else (SM3, IN14).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/json/json.hpp>
#include <troupe/sys/sys.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_sys_test {

namespace far_side {

struct count {
  std::int64_t n = 0;
};
TROUPE_CONTRACT(count, "far_side.count", 1, n)
/// Has the wire name of a system message, in its own protocol.
struct impostor {
  using reply = bool;
};
TROUPE_CONTRACT(impostor, "troupe.sys.suspend", 1)

}  // namespace far_side

using namespace troupe;
using namespace node_test;
using namespace far_side;
using life::journal;
using life::journal_ptr;
using life::stop_and_wait;

namespace {

class abacus : public actor<count> {
 public:
  explicit abacus(journal_ptr to) : to_(std::move(to)) {}
  void on(const count& m) {
    sum_.n += m.n;
    to_->note("counted");
  }
  std::string describe_state() const override { return to_json(sum_); }

 private:
  journal_ptr to_;
  count sum_;
};

/// Understands what has the name of a system message.
class own_way : public actor<impostor> {
 public:
  bool on(const impostor&) { return true; }
};

/// Lets nobody suspend, when that is sent from another node.
class no_suspends final : public interceptor {
 public:
  std::optional<error> before_send(const message_view& m) override {
    if (&m.type() != &message_type_of<sys::suspend>) return {};
    return error{errc::refused, "not " + m.recipient()};
  }
};

struct outlook {
  explicit outlook(bool allowed, std::shared_ptr<interceptor> guard = {}) {
    system_options settings = node_test::quiet();
    if (guard) settings.interceptors.push_back(std::move(guard));
    node_options n = w.options("n2");
    n.system_messages = allowed;
    two = std::make_unique<troupe::system>(settings, remoting{n});
    here = spawn<abacus>(*two, "abacus", notes);
    REQUIRE(wait_for_peer(one, true));
    far = node(one, "n2").ref<abacus>("/user/abacus");
  }
  template <class M>
  auto ask(M m) {
    return sys::of(far).ask(std::move(m), 20s).get();
  }

  world w;
  journal_ptr notes = std::make_shared<journal>();
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  std::unique_ptr<troupe::system> two;
  ref<abacus> here, far;
};

}  // namespace

TEST_CASE(
    "SM3: where a node lets its peers, they see the state of its actors, suspend them and let them go on") {
  outlook o{true};
  o.far.tell(count{3});
  REQUIRE(o.notes->wait_for("counted"));
  auto state = o.ask(sys::get_state{});
  REQUIRE(state.has_value());
  CHECK(state->path == "/user/abacus");
  CHECK(state->state == "{\"n\":3}");
  CHECK_FALSE(state->suspended);
  CHECK(o.ask(sys::suspend{}).value());
  CHECK_FALSE(o.ask(sys::suspend{}).value());
  o.far.tell(count{4});
  state = o.ask(sys::get_state{});  // behind it on its way, and past it in the mailbox
  REQUIRE(state.has_value());
  CHECK(state->suspended);
  CHECK(state->mailbox == 1);
  CHECK(state->state == "{\"n\":3}");
  CHECK(o.ask(sys::trace{5}).value() == 0);
  CHECK(o.ask(sys::resume{}).value());
  CHECK(o.notes->wait_for("counted", 2));
  CHECK(o.ask(sys::get_state{}).value().traced == 4);
  CHECK(stop_and_wait(o.here));
  const auto gone = o.ask(sys::get_state{});
  REQUIRE(gone.has_error());
  CHECK(gone.error().code == errc::stopped);
}

TEST_CASE("SM3: a node lets no peer look into its actors unless it is told to, and says what to set") {
  CHECK_FALSE(node_options{}.system_messages);
  outlook o{false};
  const auto check_refused = [](const error& why) {
    CHECK(why.code == errc::refused);
    CHECK(why.path == "n2:/user/abacus");
    CHECK(why.text ==
          "node n2 lets no peer look into its actors or suspend them; set node.system_messages = true there");
  };
  check_refused(o.ask(sys::get_state{}).error());
  check_refused(o.ask(sys::suspend{}).error());
  check_refused(o.ask(sys::resume{}).error());
  check_refused(o.ask(sys::trace{1}).error());
  o.far.tell(count{3});
  CHECK(o.notes->wait_for("counted"));  // it was not suspended
  CHECK(sys::of(o.here).ask(sys::get_state{}, 20s).get().value().traced == 0);
}

TEST_CASE("SM3, NM4: system messages reach what users have started, and nothing else") {
  outlook o{true};
  for (const std::string path : {"/user/nobody", "/user", "/system", "/"}) {
    CAPTURE(path);
    const auto no = sys::of(node(o.one, "n2").ref<count>(path)).ask(sys::get_state{}, 20s).get();
    REQUIRE(no.has_error());
    CHECK(no.error().code == errc::stopped);
  }
}

TEST_CASE("SM3, IC1: the interceptors of the node that is asked may refuse what a peer asks") {
  outlook o{true, std::make_shared<no_suspends>()};
  const auto no = o.ask(sys::suspend{});
  REQUIRE(no.has_error());
  CHECK(no.error().code == errc::refused);
  CHECK(no.error().text == "not /user/abacus");
  CHECK_FALSE(o.ask(sys::get_state{}).value().suspended);
}

TEST_CASE("IN14: what an actor understands itself is its own, whatever its name") {
  outlook o{false};
  spawn<own_way>(*o.two, "own");
  CHECK(node(o.one, "n2").ref<own_way>("/user/own").ask(impostor{}, 20s).get().value());
}

}  // namespace node_sys_test
