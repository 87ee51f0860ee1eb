// The names of a system apart from any codec: tokens and nodes, what is reachable, and where refs lead that are no cells (NM1-NM5).
#include <doctest/doctest.h>

#include <troupe/cell/lost_address.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/testkit/doctest.hpp>

#include "world.hpp"

namespace cell_names_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct ping {
  using reply = int;
};
struct hello {
  int number = 0;
};
struct come {
  int number = 0;
};
struct hand_out {
  using reply = any_ref;
};
struct release {
  any_ref who;
  using reply = bool;
};

/// Answers, and has an adapter for greetings.
class host : public actor<ping, come, hand_out, release> {
 public:
  explicit host(life::journal_ptr j = {}) : j_(std::move(j)) {}
  int on(const ping&) { return 2; }
  void on(const come& m) { j_->note("came " + std::to_string(m.number)); }
  any_ref on(const hand_out&) {
    return adapt<hello>([](const hello& m) { return come{m.number}; });
  }
  bool on(const release& m) { return release_adapter(m.who); }

 private:
  life::journal_ptr j_;
};

/// Leads every name to one address.
class to_one final : public resolver {
 public:
  explicit to_one(address_ptr to) : to_(std::move(to)) {}
  address_ptr resolve(std::string_view) noexcept override { return to_; }

 private:
  address_ptr to_;
};

/// A node called `n1` that knows `n2`. Its seals are no secret: of an actor its number behind 0x5e, of a path 0x5e.
class directory final : public node_directory {
 public:
  explicit directory(address_ptr n2) : n2_(std::move(n2)) {}
  std::string_view own_name() const noexcept override { return "n1"; }
  address_ptr address_at(const ref_token& there) override {
    asked.push_back(there.node + " " + std::to_string(there.incarnation) + " " +
                    local_token(there.number, there.seal, there.path));
    return there.node == "n2" ? n2_ : address_ptr{};
  }
  std::uint64_t seal_of(std::uint64_t number, std::string_view) const noexcept override {
    return (number << 8) + 0x5e;
  }
  life::lines asked;

 private:
  address_ptr n2_;
};

/// Has been given what has this seal, and may reach the paths that begin so.
struct guest_of_tests final : ref_guest {
  explicit guest_of_tests(std::uint64_t s, std::string p = "/nothing") : seal(s), open(std::move(p)) {}
  bool may_have(const ref_token& here) const noexcept override {
    return (here.seal != 0 && here.seal == seal) || here.path.starts_with(open);
  }
  std::uint64_t seal;
  std::string open;
};

/// Notes what it is told, and how many dead letters there were by then.
class asker final : public engine::reply_slot {
 public:
  asker(troupe::system& sys, life::journal_ptr j)
      : reply_slot(message_type_of<int>), sys_(sys), j_(std::move(j)) {}

 private:
  void settled() noexcept override {
    const engine::outcome got = take();
    const error* const why = std::get_if<error>(&got);
    j_->note((why ? std::string{to_string(why->code)} + " at " + why->path : std::string{"answered"}) +
             ", counted " + std::to_string(sys_.events().count(event_kind::dead_letter)));
  }
  troupe::system& sys_;
  life::journal_ptr j_;
};

struct stage {
  life::journal_ptr j = std::make_shared<life::journal>();
  test_system sys{for_doctest()};
  names& all = sys.env().names();
  ref<host> a = sys.spawn<host>("a", j);
  directory nodes{address_ptr{new lost_address{sys.env(), "n2:/there", lost_why::actor_gone}}};

  ~stage() { all.known_nodes(nullptr); }
  error why(const std::string& token) {
    return sys.expect_error(ref<ping>{all.address_of(token)}.ask(ping{}, 5s), errc::unreachable);
  }
  any_ref adapter() { return sys.expect_reply(a.ask(hand_out{}, 5s)); }
};

errc refusal_of(names& all, const std::string& prefix) {
  try {
    all.resolve_with(prefix, std::make_shared<to_one>(address_ptr{}));
  } catch (const failed& f) {
    return f.why().code;
  }
  return errc{};
}

}  // namespace

TEST_CASE("NM8: whoever has a ref written hears of its node, where that is another one") {
  struct : ref_witness {
    void saw_node(std::string_view node) override { seen.emplace_back(node); }
    life::lines seen;
  } who;
  stage s;
  const auto written = [&](const address_ptr& what) {
    who.seen.clear();
    s.all.token_of(*what, &who);
    return who.seen;
  };
  CHECK(written(s.all.address_of("n2:/user/x")).empty());  // this is no node
  s.all.known_nodes(&s.nodes);
  CHECK(written(s.a.address()).empty());
  CHECK(written(find<host>(s.sys, "/user/a").address()).empty());
  CHECK(written(s.all.address_of(":/shards/7")).empty());
  CHECK(written(s.all.address_of("!caf:17")).empty());
  CHECK(written(s.all.address_of("n2@5:7/user/x")) == life::lines{"n2"});
  CHECK(written(s.all.address_of("n9:/user/x")) == life::lines{"n9"});  // which is not known here
  CHECK(written(s.all.address_of("n11@5:7/user/x")) == life::lines{"n11"});
  CHECK(written(s.all.address_of("%3a%2f@5:7/user/x")) == life::lines{":/"});
}

TEST_CASE(
    "NM9: a token that was written before is that of the node that the system is now, and of its actor "
    "alone") {
  stage s;
  const std::string alone = s.all.token_of(*s.a.address());
  CHECK(s.all.token_of(*s.a.address()) == alone);
  CHECK(alone.starts_with("@"));
  s.all.known_nodes(&s.nodes);
  const std::string here = s.all.token_of(*s.a.address());
  CHECK(here.starts_with("n1@"));
  CHECK(s.all.token_of(*s.a.address()) == here);
  // Somebody else has that number, on another node, or is at another path.
  const std::string number = std::to_string(s.a.address()->number());
  CHECK(s.all.token_of(*s.all.address_of("n9@5:" + number + "/user/a")) == "n9@5:" + number + "/user/a");
  test_system other{for_doctest()};
  const auto b = other.spawn<host>("b", s.j);
  CHECK(other.env().names().token_of(*b.address()).ends_with("/user/b"));
  CHECK(s.all.token_of(*b.address()) == other.env().names().token_of(*b.address()));
  // More actors than a thread keeps tokens of.
  std::vector<ref<host>> many;
  for (int i = 0; i < 200; ++i) many.push_back(s.sys.spawn<host>("c" + std::to_string(i), s.j));
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 200; ++i) {
      const auto& one = many[static_cast<std::size_t>(i)];
      const std::string token = s.all.token_of(*one.address());
      CHECK(token.ends_with("/user/c" + std::to_string(i)));
      CHECK(s.all.address_of(token) == one.address());
    }
  s.all.known_nodes(nullptr);
  CHECK(s.all.token_of(*s.a.address()) == alone);
}

TEST_CASE("NM2, R1: a node's tokens name it, and what names it or nobody is looked up there") {
  stage s;
  s.all.known_nodes(&s.nodes);
  const std::string exact = s.all.token_of(*s.a.address());
  const std::uint64_t number = s.a.address()->number();
  CHECK(exact ==
        token_front("n1", s.all.incarnation()) + local_token(number, (number << 8) + 0x5e, "/user/a"));
  CHECK(s.all.address_of(exact) == s.a.address());
  CHECK(s.all.address_of(exact.substr(2)) == s.a.address());  // without its name
  CHECK(s.all.token_of(*find<host>(s.sys, "/user/a").address()) == "n1:-5e/user/a");
  CHECK(s.all.token_of(*find<host>(s.sys, "/shards/x").address()) == ":/shards/x");
  for (const char* token : {"n1:/user/a", ":/user/a"})
    CHECK(s.sys.expect_reply(ref<ping>{s.all.address_of(token)}.ask(ping{}, 5s)) == 2);
  CHECK(s.nodes.asked.empty());
}

TEST_CASE(
    "NM2, NM3: what names another node is that node's to say, and what it does not know is unreachable") {
  stage s;
  s.all.known_nodes(&s.nodes);
  CHECK(s.all.address_of("n2@a:17/user/x")->path() == "n2:/there");
  CHECK(s.all.address_of("n2:/user/x")->path() == "n2:/there");
  CHECK(s.why("n3:/user/x").text ==
        "the actor lives on node 'n3', and node 'n1' knows no peer of that name: add it to node.peers");
  CHECK(s.nodes.asked == life::lines{"n2 10 17/user/x", "n2 0 /user/x", "n3 0 /user/x"});
  // Whoever merely passes it on writes what he read.
  CHECK(s.all.token_of(*s.all.address_of("n3@a:17/user/x")) == "n3@a:17/user/x");
}

TEST_CASE(
    "NM7: what a guest writes of an actor here leads there if he was given it, or may reach it anyway") {
  stage s;
  s.all.known_nodes(&s.nodes);
  const std::string exact = s.all.token_of(*s.a.address());
  const std::string number = std::to_string(s.a.address()->number());
  const std::string bare = token_front("n1", s.all.incarnation()) + number + "/user/a";
  const guest_of_tests stranger{1}, friendly{1, "/user/a"}, given{(s.a.address()->number() << 8) + 0x5e};
  CHECK(s.all.address_of(exact, &given) == s.a.address());
  CHECK(s.all.address_of(bare, &friendly) == s.a.address());
  CHECK(s.all.address_of(bare) == s.a.address());  // this program is believed
  const auto code = [&](const std::string& token, const ref_guest& who) {
    auto got = ref<ping>{s.all.address_of(token, &who)}.ask(ping{}, 5s);
    s.sys.settle();
    const auto what = got.get();
    return what ? "answered" : std::string{to_string(what.error().code)};
  };
  for (const std::string& token : {bare, exact, std::string{"n1:/user/a"}, std::string{":/user/a"},
                                   std::string{":-5f/user/a"}, std::string{":/user/nobody"}}) {
    CAPTURE(token);
    CHECK(code(token, stranger) == "not_permitted");
    // And it is no way to have it sealed.
    CHECK(s.all.token_of(*s.all.address_of(token, &stranger)) == token);
  }
  CHECK(code(":/user/a", friendly) == "answered");
  CHECK(code(bare, given) == "not_permitted");
  CHECK(code(":/system", friendly) == "not_found");
  CHECK(s.all.address_of("n2:/user/x", &stranger)->path() == "n2:/there");  // that is n2's to judge
}

TEST_CASE("TK3: a seal is not shown to people, and nothing else of a token is hidden") {
  for (const auto& [token, shown] :
       std::vector<std::pair<std::string, std::string>>{{"n1@5:17-8e21/user/a", "n1@5:17/user/a"},
                                                        {"n1:-8e21/user/a-b", "n1:/user/a-b"},
                                                        {"n-1:/user/a-b", "n-1:/user/a-b"},
                                                        {"n-1@5:17/user/a", "n-1@5:17/user/a"},
                                                        {"!caf-1:17-2/x", "!caf-1:17-2/x"},
                                                        {"no-token", "no-token"},
                                                        {"a-b/c", "a-b/c"},
                                                        {"", ""}})
    CHECK(without_seal(token) == shown);
  stage s;
  CHECK(s.all.address_of("n9@5:7-abc/user/x")->path() == "n9@5:7/user/x");
  CHECK(s.all.token_of(*s.all.address_of("n9@5:7-abc/user/x")) == "n9@5:7-abc/user/x");
}

TEST_CASE("NM5, NM7: what is reachable without being an actor is so by its own path only") {
  stage s;
  const any_ref adapter = s.adapter();
  const std::string token = adapter.address()->token();
  const std::string number = token.substr(0, token.find('/'));
  CHECK(s.all.reachable(token) == adapter.address());
  CHECK(s.all.reachable(number + "/user/a") == nullptr);
}

TEST_CASE("NM2: an address of another system of the process has that system's token") {
  stage s;
  test_system other{for_doctest()};
  other.env().names().known_nodes(&s.nodes);
  const auto b = other.spawn<host>("b");
  CHECK(s.all.token_of(*b.address()) == other.env().names().token_of(*b.address()));
  CHECK(s.all.token_of(*b.address()).starts_with("n1@"));
  other.env().names().known_nodes(nullptr);
}

TEST_CASE("NM3: what was written for people only is kept as it is, whatever it says") {
  stage s;
  for (const char* token : {"!caf:17", "!/user/a/$17", "!", "!n1:/user/a"}) {
    CAPTURE(token);
    CHECK(s.all.token_of(*s.all.address_of(token)) == token);
    CHECK(s.why(token).text.starts_with("the ref was sent as one that works inside of its system only"));
  }
}

TEST_CASE(
    "NM3, M4, M5: what is sent to where a ref does not lead is a dead letter with the reason before its "
    "asker is told") {
  stage s;
  auto e = engine::make_envelope<ping>(message_type_of<ping>);
  e->reply = engine::reply_slot_ptr{new asker{s.sys, s.j}};
  s.all.address_of("n2@17:5/user/x")->post(std::move(e));
  CHECK(s.j->all() == life::lines{"unreachable at n2@17:5/user/x, counted 1"});
  CHECK(s.sys.expect_dead_letter<ping>("n2@17:5/user/x").reason == "unreachable");
  const std::string exact = s.all.token_of(*s.a.address());
  stop(s.a);
  s.sys.settle();
  const error gone = s.sys.expect_error(ref<ping>{s.all.address_of(exact)}.ask(ping{}, 5s), errc::stopped);
  CHECK(gone.path == exact);
  CHECK(s.sys.expect_dead_letter<ping>(exact).reason == "stopped");
}

TEST_CASE(
    "NM1, NM4: from outside a path, an actor's number with its path and a resolver's name are reachable") {
  stage s;
  const std::string number = std::to_string(s.a.address()->number());
  CHECK(s.all.reachable("/user/a") == s.a.address());
  CHECK(s.all.reachable(number + "/user/a") == s.a.address());
  CHECK(s.all.reachable("1" + number + "/user/a") == nullptr);
  CHECK(s.all.reachable(number + "/user/b") == nullptr);
  CHECK(s.all.reachable("/shards/x") == nullptr);
  s.all.resolve_with("/shards", std::make_shared<to_one>(s.a.address()));
  CHECK(s.all.resolvers() == 1);
  CHECK(s.all.reachable("/shards/x") == s.a.address());
  CHECK(s.all.reachable(number + "/shards/x") == nullptr);
  CHECK(s.all.reachable("/shardsx/x") == nullptr);
}

TEST_CASE("NM1: a resolver has a prefix of its own: no number, no root, and nobody else's") {
  stage s;
  CHECK(refusal_of(s.all, "/shards") == errc{});
  for (const char* wrong : {"17/shards", "/", "/user", "/system/x", "", "/shards/", "//x"}) {
    CAPTURE(wrong);
    CHECK(refusal_of(s.all, wrong) == errc::invalid);
  }
  CHECK(refusal_of(s.all, "/shards") == errc::already_exists);
  CHECK(refusal_of(s.all, "/users") == errc{});  // not the tree's: whole names only
  CHECK(s.all.resolvers() == 2);
}

TEST_CASE("NM2: the number of a run is never 0, which would mean none") {
  stage s;
  CHECK(names{s.sys.env(), 0}.incarnation() != 0);
  CHECK(names{s.sys.env(), 7}.incarnation() == 7);
}

TEST_CASE(
    "NM1, L4, M8: a resolver's name may lead to what is no actor: that can be watched, offered to and asked "
    "what it understands") {
  struct watch_it {
    any_ref who;
  };
  struct leave_it {
    any_ref who;
  };
  struct offer_it {
    ref<hello> to;
  };
  struct guest : actor<watch_it, leave_it, offer_it> {
    explicit guest(life::journal_ptr to) : j(std::move(to)) {}
    void on(const watch_it& m) { watch(m.who); }
    void on(const leave_it& m) { unwatch(m.who); }
    task<void> on(offer_it m) {
      const auto how = co_await offer<hello>(m.to, 5);
      j->note(how ? "queued" : to_string(how.error()));
    }
    void on_terminated(const terminated&) override { j->note("gone"); }
    life::journal_ptr j;
  };
  stage s;
  const any_ref adapter = s.adapter();
  s.all.resolve_with("/hosts", std::make_shared<to_one>(adapter.address()));
  const auto named = find<hello>(s.sys, "/hosts/x");
  CHECK(named.address()->understands() == adapter.address()->understands());
  CHECK(find_now<hello>(s.sys, "/hosts/x").has_value());
  CHECK(find_now<ping>(s.sys, "/hosts/x").error().code == errc::not_understood);
  const auto one = s.sys.spawn<guest>("one", s.j), two = s.sys.spawn<guest>("two", s.j);
  one.tell(offer_it{named});
  s.sys.settle();
  CHECK(s.j->all() == life::lines{"queued", "came 5"});
  one.tell(watch_it{named});
  two.tell(watch_it{named});
  two.tell(leave_it{named});
  s.sys.settle();
  CHECK(s.sys.expect_reply(s.a.ask(release{adapter}, 5s)));
  s.sys.settle();
  CHECK(s.j->all() == life::lines{"queued", "came 5", "gone"});
}

TEST_CASE("NM6: a resolver that holds refs of its own system goes with it, and so does the environment") {
  std::weak_ptr<resolver> seen;
  any_ref kept;
  {
    stage s;
    const auto by = std::make_shared<to_one>(s.a.address());
    seen = by;
    s.all.resolve_with("/hosts", by);
    kept = find<ping>(s.sys, "/hosts/x");
    CHECK(s.sys.expect_reply(ref<ping>{kept.address()}.ask(ping{}, 5s)) == 2);
  }
  CHECK_FALSE(seen.expired());  // a ref by its name has it still, and looks again when it is used
  CHECK(kept.address()->here() == nullptr);
  CHECK(seen.expired());
}

}  // namespace cell_names_test
