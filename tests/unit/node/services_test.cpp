// Services that two nodes share, on real sockets: found, used, gone with their node, back with its next run; and set up wrongly (SX1, SX6, RI11).
#include <doctest/doctest.h>

#include <troupe/pattern/service_group.hpp>
#include <troupe/services/messages.hpp>
#include <troupe/services/shared_services.hpp>
#include <troupe/sys/sys.hpp>

#include "unit/node/crew.hpp"
#include "unit/node/world.hpp"

namespace node_services_test {

using namespace troupe;
using namespace node_test;
using namespace crew_test;
using life::journal;
using life::journal_ptr;

namespace {

inline const service_key<hand> crew_service{"crew"};

/// Notes each listing: `crew: PATH PATH`.
class crew_reader : public actor<listing<hand>> {
 public:
  explicit crew_reader(journal_ptr to) : to_(std::move(to)) {}
  void on_start() { receptionist_here().listen(crew_service, ref<listing<hand>>{self()}); }
  void on(const listing<hand>& m) {
    std::string line = m.name + ":";
    for (const auto& each : m.all) line += " " + each.path();
    to_->note(line);
  }

 private:
  const journal_ptr to_;
};

/// Two nodes that share services, and nothing else.
struct two_ships {
  world w;
  journal_ptr notes = std::make_shared<journal>();
  troupe::system one{node_test::quiet(), receptionist_extension{}, remoting{options("n1")}};
  std::unique_ptr<troupe::system> two = second();

  node_options options(const std::string& name) const {
    node_options o = w.options(name);
    o.public_paths.clear();
    o.rights.clear();
    o.services = {"crew"};
    o.system_messages = true;
    return o;
  }
  std::unique_ptr<troupe::system> second() const {
    // The receptionist may come behind the node.
    return std::make_unique<troupe::system>(node_test::quiet(), remoting{options("n2")},
                                            receptionist_extension{});
  }
  ref<hand> put(troupe::system& on, const std::string& name) {
    const auto made = spawn<hand>(on, name, name, notes);
    REQUIRE(receptionist_of(on).enlist_now(crew_service, made, 20s).value());
    return made;
  }
};

}  // namespace

TEST_CASE(
    "SX1, SX6, SG1: who enlists on one node is listed on the other, used there, and gone with its node") {
  two_ships s;
  const auto r = spawn<crew_reader>(s.one, "reader", s.notes);
  const auto ann = s.put(*s.two, "ann");
  CHECK(s.notes->wait_for("crew: n2:/user/ann"));
  s.put(s.one, "bob");
  CHECK(s.notes->wait_for("crew: /user/bob n2:/user/ann"));
  const auto found = receptionist_of(s.one).find_now(crew_service, 20s).value();
  REQUIRE(found.size() == 2);
  CHECK(found[1].ask(who{}, 20s).get().value() == "ann");  // sealed: nothing of n2 is public
  CHECK(receptionist_of(s.one).services_now(20s).value().at(0).elsewhere == 1);

  const auto crew = spawn_group(s.one, {.name = "crew"}, broadcast{}, crew_service);
  crew.tell(news{0});  // there may be nobody in it yet
  ann.tell(retire{});
  CHECK(s.notes->wait_for("crew: /user/bob", 1));
  s.put(*s.two, "cid");
  CHECK(s.notes->wait_for("crew: /user/bob n2:/user/cid"));
  s.two.reset();
  CHECK(s.notes->wait_for("crew: /user/bob", 2));
  s.two = s.second();
  s.put(*s.two, "dan");
  CHECK(s.notes->wait_for("crew: /user/bob n2:/user/dan"));
  const auto again = receptionist_of(s.one).find_now(crew_service, 20s).value();
  REQUIRE(again.size() == 2);
  CHECK(again[1].ask(who{}, 20s).get().value() == "dan");
}

TEST_CASE("NX3: peers may ask the exchange of a node and nothing else, not its system side either") {
  two_ships s;
  REQUIRE(wait_for_peer(s.one, true));
  const auto there = node(s.one, "n2").ref<who>("/user/services");
  CHECK(there.ask(who{}, 20s).get().error().code == errc::not_permitted);
  CHECK(sys::of(there).ask(sys::suspend{}, 20s).get().error().code == errc::not_permitted);
  const auto own = ref_to<services_wanted>(s.one.env(), "/user/services").ask(services_wanted{}, 20s).get();
  REQUIRE(!own.has_value());
  CHECK(own.error().text == "on this node services are found by its receptionist");
  troupe::system plain{node_test::quiet()};
  const auto none = shared_services_now(plain, 20s);
  REQUIRE(!none.has_value());
  CHECK(none.error().code == errc::stopped);
}

TEST_CASE("a node that shares services and has no receptionist does not start, and says what to add") {
  world w;
  for (const bool by_peer : {true, false}) {
    node_options o = w.options("n1");
    if (by_peer)
      o.rights["n2"].services = {"bank"};
    else
      o.services = {"bank"};
    std::string said;
    try {
      const troupe::system sys{node_test::quiet(), remoting{o}};
    } catch (const failed& why) {
      said = why.why().text;
    }
    CHECK(
        said ==
        "node n1 shares services (node.services, node.rights.*.services) and has no receptionist: construct "
        "its system with troupe::receptionist_extension{} too");
  }
}

TEST_CASE("RI5, RI11: shared services are configured by patterns of their names, and mistakes name the key") {
  node_options o;
  o.name = "n1";
  o.listen.port = free_port();
  const auto mistake = [&](const std::string& pattern) {
    o.services = {pattern};
    try {
      const troupe::system sys{node_test::quiet(), remoting{o}, receptionist_extension{}};
    } catch (const failed& why) {
      return why.why().text;
    }
    return std::string{};
  };
  CHECK(mistake("*bank").find("expected a name, or its beginning with a * for its end, got \"*bank\"") !=
        std::string::npos);
  CHECK(mistake("bank.*").empty());
}

}  // namespace node_services_test
