// What a node lets its peers do, over simulated nodes: messages, watches, links, offers, the system side; refs that were given away, through a third
// node, across restarts of actor and node, forged, and used by a deputy (RI1-RI7, PG1, PG2, NM7, IN16, FS4, PL12).
#include <doctest/doctest.h>

#include <troupe/simulate/cluster.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace simulate_rights_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace far_rights {

struct coin {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(coin, "far_rights.coin", 1, n)
struct look {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(look, "far_rights.look", 1)
struct fall {};
TROUPE_CONTRACT(fall, "far_rights.fall", 1)
using vault_ref = ref<coin, look, fall>;
/// Gives a ref to the vault away: to that very actor, or by its path.
struct give {
  bool by_name = false;
  using reply = vault_ref;
};
TROUPE_CONTRACT(give, "far_rights.give", 1, by_name)
struct hand_back {
  vault_ref what;
  using reply = vault_ref;
};
TROUPE_CONTRACT(hand_back, "far_rights.hand_back", 1, what)
/// Looks into what it gets, and says what it saw, or why not.
struct use {
  vault_ref what;
  using reply = std::string;
};
TROUPE_CONTRACT(use, "far_rights.use", 1, what)

}  // namespace far_rights

using namespace far_rights;

namespace {

struct join {
  any_ref to;
};
struct observe {
  any_ref who;
};
struct put_in {
  ref<coin> to;
};
/// Give this away from now on.
struct hold {
  vault_ref what;
};

class vault : public actor<coin, look, fall> {
 public:
  explicit vault(journal_ptr to) : to_(std::move(to)) {}
  void on(const coin& m) {
    sum_ += m.n;
    to_->note("coin " + std::to_string(m.n));
  }
  std::int32_t on(const look&) { return sum_; }
  void on(const fall&) { throw std::runtime_error{"fell"}; }

 private:
  const journal_ptr to_;
  std::int32_t sum_ = 0;
};

/// Works with refs of others.
template <class... More>
class deputy : public actor<use, hand_back, More...> {
 public:
  task<std::string> on(use m) {
    const auto got = co_await this->template ask<look>(m.what, seconds{1});
    co_return got ? std::to_string(*got) : std::string{to_string(got.error().code)};
  }
  vault_ref on(const hand_back& m) { return m.what; }
};

class door : public deputy<give> {
 public:
  door(vault_ref exact, vault_ref named) : exact_(std::move(exact)), named_(std::move(named)) {}
  using deputy::on;
  vault_ref on(const give& m) { return m.by_name ? named_ : exact_; }

 private:
  const vault_ref exact_, named_;
};

/// Traps all ends: `watched PATH KIND CODE`, `linked PATH KIND CODE`.
class visitor : public deputy<give, hold, join, observe, put_in, fall> {
 public:
  explicit visitor(journal_ptr to) : to_(std::move(to)) {}
  using deputy::on;
  vault_ref on(const give&) { return held_; }
  void on(const hold& m) { held_ = m.what; }
  void on(const join& m) { link(m.to); }
  void on(const observe& m) { watch(m.who); }
  task<void> on(put_in m) {
    const auto how = co_await offer<coin>(m.to, 5);
    to_->note("offer " + (how ? "queued" : std::string{to_string(how.error().code)}));
  }
  void on(const fall&) { throw std::runtime_error{"fell"}; }
  void on_terminated(const terminated& news) override { note("watched ", news.path(), news.reason()); }
  void on_link_ended(const link_ended& news) override { note("linked ", news.path(), news.reason()); }

 private:
  void note(const std::string& how, const std::string& path, const exit_reason& why) {
    to_->note(how + path + " " + std::string{to_string(why.kind)} + " " +
              std::string{to_string(why.why.code)});
  }
  const journal_ptr to_;
  vault_ref held_;
};

using change = std::function<void(node_options&)>;

/// n2 has a vault, and a door that is public; n1 and n3, which let in everybody, have visitors. All know all.
struct house {
  explicit house(const change& of_n2 = {}, std::uint64_t seed = 1) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n3"})
      nodes.add(name, [this, name](troupe::system& sys) -> std::shared_ptr<void> {
        spawn<visitor>(sys, "visitor", heard[name]);
        return {};
      });
    nodes.add(
        "n2",
        [this](troupe::system& sys) -> std::shared_ptr<void> {
          auto top = std::make_shared<supervision>(supervise(sys, "top", one_for_one{.intensity = 10},
                                                             child<vault>("vault", stored),
                                                             child<vault>("other", stored)));
          const vault_ref named = top->ref<vault>("vault");
          spawn<door>(sys, "door", vault_ref{spawn<vault>(sys, "vault", stored)}, named);
          spawn<visitor>(sys, "visitor", heard["n2"]);
          sys.events().subscribe([to = told](const event& e) {
            if (e.kind != event_kind::not_permitted) return;
            to->note(e.path + " " + e.message + " from " + e.sender + ": " + e.reason);
          });
          return top;
        },
        [of_n2](system_options&, node_options& n) {
          n.public_paths = {"/user/door"};
          n.rights.clear();
          if (of_n2) of_n2(n);
        });
    nodes.start();
    nodes.run_for(1s);
  }

  template <class A = vault>
  ref<A> far(const std::string& path, const std::string& from = "n1") {
    return nodes.find<A>(from, "n2", path);
  }
  ref<visitor> guest(const std::string& on = "n1") { return nodes.find<visitor>(on, on, "/user/visitor"); }
  vault_ref given(bool by_name = false) {
    return far<door>("/user/door").ask(give{by_name}, 1s).get().value();
  }
  /// What is told of it, after a while.
  lines after(const std::string& node, const std::function<void(const ref<visitor>&)>& act) {
    const std::size_t before = heard[node]->all().size();
    act(guest(node));
    nodes.run_for(500ms);
    const lines all = heard[node]->all();
    return {all.begin() + static_cast<std::ptrdiff_t>(before), all.end()};
  }
  lines after(const std::function<void(const ref<visitor>&)>& act) { return after("n1", act); }
  static std::string code(const result<std::int32_t>& got) {
    return got ? std::to_string(*got) : std::string{to_string(got.error().code)};
  }
  std::string look_at(const vault_ref& what) { return code(what.ask(look{}, 1s).get()); }
  names& names_of(const std::string& node) { return nodes.at(node).env().names(); }

  std::map<std::string, journal_ptr> heard{{"n1", std::make_shared<journal>()},
                                           {"n2", std::make_shared<journal>()},
                                           {"n3", std::make_shared<journal>()}};
  journal_ptr stored = std::make_shared<journal>(), told = std::make_shared<journal>();
  cluster nodes;
};

}  // namespace

TEST_CASE(
    "R9, RI1, PG2: what is not public can't be asked, told or offered to, and nobody learns whether it is "
    "there") {
  house h{[](node_options& n) { n.system_messages = true; }};
  for (const std::string path :
       {"/user/vault", "/user/nobody", "/user/top", "/user/top/vault", "/shards/ada"}) {
    CAPTURE(path);
    const auto no = h.far(path).ask(look{}, 1s).get();
    REQUIRE(no.has_error());
    CHECK(no.error().code == errc::not_permitted);
    CHECK(no.error().path == "n2:" + path);
    CHECK(no.error().text ==
          "node n1 may not send far_rights.look to " + path +
              " on node n2; to let it, add the path to node.public or node.rights.n1.send there");
    CHECK(sys::of(h.far(path)).ask(sys::get_state{}, 1s).get().error().code == errc::not_permitted);
    CHECK(h.after([&](const auto& who) { who.tell(put_in{ref<coin>{h.far(path)}}); }) ==
          lines{"offer not_permitted"});
    h.far(path).tell(coin{1});
  }
  h.nodes.run_for(100ms);
  const auto before = h.nodes.at("n2").events().count(event_kind::not_permitted);
  h.far("/user/vault").tell(coin{1});
  h.nodes.run_for(1s);
  CHECK(h.nodes.at("n2").events().count(event_kind::not_permitted) == before + 1);
  CHECK(h.stored->all().empty());
  REQUIRE_FALSE(h.told->all().empty());
  CHECK(h.told->all().front() ==
        "/user/vault far_rights.look from n1: node n1 may not send far_rights.look to /user/vault on node "
        "n2; to let "
        "it, add the path to node.public or node.rights.n1.send there");
}

TEST_CASE("FS4, PL12: a watch of, and a link to, what is not public ends at once, as `gone`") {
  house h;
  for (const std::string path : {"/user/vault", "/user/nobody"}) {
    CHECK(h.after([&](const auto& who) { who.tell(observe{h.far(path)}); }) ==
          lines{"watched n2:" + path + " gone not_permitted"});
    CHECK(h.after([&](const auto& who) { who.tell(join{h.far(path)}); }) ==
          lines{"linked n2:" + path + " gone not_permitted"});
  }
  CHECK(h.told->count(
            "/user/vault  from n1: node n1 may not watch /user/vault on node n2; to let it, add the path to "
            "node.public or node.rights.n1.send there") == 1);
}

TEST_CASE("R9, RI3: what is public can be asked and watched, and not linked to without that right") {
  house h{[](node_options& n) {
    n.public_paths = {"/user/*"};
    n.rights["n3"].link = {"/user/vault"};
  }};
  const vault_ref far = h.far("/user/vault");
  far.tell(coin{3});
  CHECK(h.look_at(far) == "3");
  CHECK(h.after([&](const auto& who) { who.tell(put_in{ref<coin>{far}}); }) == lines{"offer queued"});
  CHECK(h.after([&](const auto& who) { who.tell(join{far}); }) ==
        lines{"linked n2:/user/vault gone not_permitted"});
  CHECK(h.after("n3", [&](const auto& who) { who.tell(join{h.far("/user/vault", "n3")}); }).empty());
  CHECK(h.after([&](const auto& who) { who.tell(observe{far}); }).empty());
  // It is linked: the end of the one is that of the other, and is heard by who watches.
  CHECK(h.after("n3", [](const auto& who) { who.tell(fall{}); }).empty());
  CHECK(h.heard["n1"]->all().back().starts_with("watched n2:/user/vault failed "));
}

TEST_CASE(
    "RI4: types that a peer may send are let through, others not, and no ref is believed that needs all") {
  house h{[](node_options& n) { n.rights["n*"].send = {"/user/vault: far_rights.look other.*"}; }};
  const vault_ref far = h.far("/user/vault");
  CHECK(h.look_at(far) == "0");
  for (int n = 0; n < 3; ++n) far.tell(coin{1});  // the second makes a route
  CHECK(h.look_at(far) == "0");
  CHECK(h.nodes.at("n2").events().count(event_kind::not_permitted) == 3);
  CHECK(h.after([&](const auto& who) { who.tell(observe{far}); }).empty());
  CHECK(h.far<door>("/user/door").ask(use{far}, 2s).get().value() == "not_permitted");
  CHECK(h.look_at(h.far("/user/nobody")) == "not_permitted");
  CHECK(sys::of(far).ask(sys::get_state{}, 1s).get().error().code == errc::not_permitted);
}

TEST_CASE("RI4: the system side and supervisors are reached as far as their paths are") {
  house h{[](node_options& n) {
    n.system_messages = true;
    n.public_paths = {"/user/door", "/user/top"};
    n.rights["n3"].send = {"/user/vault: troupe.sys.get_state"};
  }};
  CHECK(sys::of(h.far<door>("/user/door")).ask(sys::get_state{}, 1s).get().has_value());
  CHECK(sys::of(h.far("/user/vault")).ask(sys::suspend{}, 1s).get().error().code == errc::not_permitted);
  CHECK(sys::of(h.far("/user/vault", "n3")).ask(sys::get_state{}, 1s).get().has_value());
  CHECK(sys::of(h.far("/user/vault", "n3")).ask(sys::suspend{}, 1s).get().error().code ==
        errc::not_permitted);
  const auto top = h.nodes.find<which_children>("n1", "n2", "/user/top");
  CHECK(top.ask(which_children{}, 1s).get().value().size() == 2);
  house closed;
  const auto theirs = closed.nodes.find<which_children>("n1", "n2", "/user/top");
  CHECK(theirs.ask(which_children{}, 1s).get().error().code == errc::not_permitted);
}

TEST_CASE(
    "R9, RI7, PG1: who was given a ref may send to it and watch it, by whatever way it came; a link is "
    "another matter") {
  house h;
  for (const bool by_name : {false, true}) {
    CAPTURE(by_name);
    const vault_ref mine = h.given(by_name);
    mine.tell(coin{2});
    CHECK(h.look_at(mine) == "2");
    CHECK(h.after([&](const auto& who) { who.tell(put_in{ref<coin>{mine}}); }) == lines{"offer queued"});
    CHECK(h.after([&](const auto& who) { who.tell(observe{mine}); }).empty());
    CHECK(h.after([&](const auto& who) { who.tell(join{mine}); }) ==
          lines{"linked " + mine.path() + " gone not_permitted"});
    // Through a third node, and home again.
    CHECK(h.nodes.find<visitor>("n1", "n3", "/user/visitor").ask(use{mine}, 2s).get().value() == "7");
    const vault_ref back =
        h.nodes.find<visitor>("n1", "n3", "/user/visitor").ask(hand_back{mine}, 2s).get().value();
    CHECK(back == mine);
    CHECK(h.look_at(back) == "7");
    CHECK(h.far<door>("/user/door").ask(use{mine}, 2s).get().value() == "7");
    CHECK(h.look_at(h.far<door>("/user/door").ask(hand_back{mine}, 2s).get().value()) == "7");
  }
  CHECK(h.look_at(h.far("/user/vault")) == "not_permitted");  // the path is no ref
}

TEST_CASE("RI7: an actor that has been given a link's right may link by the ref that it was given") {
  house h{[](node_options& n) { n.rights["n1"].link = {"/user/vault"}; }};
  const vault_ref mine = h.given();
  CHECK(h.after([&](const auto& who) { who.tell(join{mine}); }).empty());
  CHECK(h.after([&](const auto&) { mine.tell(fall{}); }) ==
        lines{"linked n2:/user/vault failed handler_failed"});
}

TEST_CASE("RI8: a seal that was changed, left out, or is another actor's is none") {
  house h;
  const vault_ref mine = h.given();
  const std::string token = h.names_of("n1").token_of(*mine.address());
  const auto what = ref_token::parse(token);
  REQUIRE(what.has_value());
  REQUIRE(what->seal != 0);
  const auto with = [&](std::uint64_t number, std::uint64_t seal, const std::string& path) {
    return vault_ref{h.names_of("n1").address_of(token_front("n2", number ? what->incarnation : 0) +
                                                 local_token(number, seal, path))};
  };
  CHECK(h.look_at(with(what->number, what->seal, "/user/vault")) == "0");
  CHECK(h.look_at(with(what->number, 0, "/user/vault")) == "not_permitted");
  CHECK(h.look_at(with(what->number, what->seal ^ 1, "/user/vault")) == "not_permitted");
  CHECK(h.look_at(with(what->number, what->seal, "/user/top/vault")) == "not_permitted");
  CHECK(h.look_at(with(what->number + 1, what->seal, "/user/vault")) == "not_permitted");
  CHECK(h.look_at(with(0, what->seal, "/user/vault")) == "not_permitted");
  CHECK(h.after([&](const auto& who) {
    who.tell(observe{with(what->number, what->seal ^ 1, "/user/vault")});
  }) == lines{"watched n2:/user/vault gone not_permitted"});
}

TEST_CASE("RI6, S6: a ref that was given stays good across restarts of its actor, and not across its end") {
  house h;
  const vault_ref named = h.given(true), mine = h.given();
  CHECK(h.look_at(named) == "0");
  named.tell(coin{4});
  named.tell(fall{});
  h.nodes.run_for(1s);
  CHECK(h.look_at(named) == "0");  // put back by its supervisor, with a new object
  mine.tell(fall{});               // its parent is none, so that was its end
  h.nodes.run_for(1s);
  CHECK(h.look_at(mine) == "stopped");
  spawn<vault>(h.nodes.at("n2"), "vault", h.stored);
  CHECK(h.look_at(mine) == "stopped");
  CHECK(h.look_at(h.far("/user/vault")) == "not_permitted");
}

TEST_CASE("RI6, L5: with the run of a node its seals end, and what is public is so in the next") {
  house h;
  const vault_ref named = h.given(true), mine = h.given();
  CHECK(h.look_at(named) == "0");
  h.nodes.crash("n2");
  h.nodes.run_for(1s);
  CHECK(h.look_at(named) == "unreachable");
  h.nodes.restart("n2");
  h.nodes.run_for(10s);
  CHECK(h.look_at(named) == "not_permitted");
  CHECK(h.look_at(mine) == "stopped");
  CHECK(h.look_at(h.given(true)) == "0");
}

TEST_CASE("RI7: a ref goes on over a new connection of the same run") {
  house h;
  const vault_ref mine = h.given();
  CHECK(h.look_at(mine) == "0");
  h.nodes.apply(parse_faults("0s reset n1 n2").value().front());
  h.nodes.run_for(3s);
  CHECK(h.look_at(mine) == "0");
}

TEST_CASE(
    "NM7: nobody has an actor of a node reach for him what he may not reach, nor gets a seal for what he "
    "names") {
  house h;
  const vault_ref wanted = h.far("/user/vault");
  const auto there = h.far<door>("/user/door");
  CHECK(there.ask(use{wanted}, 2s).get().value() == "not_permitted");
  const vault_ref back = there.ask(hand_back{wanted}, 2s).get().value();
  CHECK(h.look_at(back) == "not_permitted");
  // By its number, which is no secret.
  const auto what = ref_token::parse(
      h.names_of("n2").token_of(*spawn<vault>(h.nodes.at("n2"), "more", h.stored).address()));
  REQUIRE(what.has_value());
  const vault_ref by_number{h.names_of("n1").address_of(token_front("n2", what->incarnation) +
                                                        local_token(what->number, 0, "/user/more"))};
  CHECK(there.ask(use{by_number}, 2s).get().value() == "not_permitted");
  // In an answer as well as in a message.
  for (const vault_ref& named : {wanted, by_number}) {
    h.guest().tell(hold{named});
    const vault_ref answered =
        h.nodes.find<visitor>("n2", "n1", "/user/visitor").ask(give{}, 1s).get().value();
    CHECK(h.look_at(answered) == "not_permitted");
  }
}

TEST_CASE(
    "PL12, LK1: who asks for a link with one who asks for one with him needs no right; both think the same "
    "of it") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    house h{{}, seed};
    const auto one = h.guest("n1"), two = h.guest("n2");
    // By the path, or by a ref that was given.
    const any_ref to_two =
        seed % 4 < 2
            ? any_ref{h.far<visitor>("/user/visitor")}
            : any_ref{h.names_of("n1").address_of(h.names_of("n2").token_of(*two.address()->here()))};
    const any_ref to_one = h.nodes.find<visitor>("n2", "n1", "/user/visitor");
    const auto soon = [&] { h.nodes.run_for(microseconds{static_cast<std::int64_t>(seed * 13 % 200)}); };
    if (seed % 2 == 0) {
      one.tell(join{to_two});
      soon();
      two.tell(join{to_one});
    } else {
      two.tell(join{to_one});
      soon();
      one.tell(join{to_two});
    }
    h.nodes.run_for(500ms);
    one.tell(fall{});
    h.nodes.run_for(500ms);
    CHECK(h.heard["n2"]->all() == lines{"linked n1:/user/visitor failed handler_failed"});
  }
}

}  // namespace simulate_rights_test
