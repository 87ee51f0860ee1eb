// How connections are read, and when a link writes: who works for one of them holds up nobody else (IN22, IN23, PL2).
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/pair.hpp"
#include "unit/node/scripted.hpp"

namespace node_reading_test {

// Whose decoder waits until the test lets it.
struct gated {
  std::int32_t n = 0;
};
struct slow {
  static inline life::gate_ptr gate;
  static inline life::journal_ptr notes;
};

}  // namespace node_reading_test

template <>
struct troupe::codec<node_reading_test::gated> {
  static constexpr std::string_view type_name = "gated";
  static void encode(byte_writer& to, const node_reading_test::gated& m) { to.svarint(m.n); }
  static bool decode(byte_reader& from, node_reading_test::gated& m) {
    using node_reading_test::slow;
    m.n = static_cast<std::int32_t>(from.svarint());
    slow::notes->note("decodes " + std::to_string(m.n));
    slow::gate->pass();
    return from.ok();
  }
};

namespace node_reading_test {

using namespace troupe;
using namespace node_test;

namespace {

struct entry {
  gated n = {};
};
TROUPE_CONTRACT(entry, "reading_test.entry", 1, n)
struct word {
  std::string text;
};
TROUPE_CONTRACT(word, "reading_test.word", 1, text)
struct riddle {
  using reply = gated;
};
TROUPE_CONTRACT(riddle, "reading_test.riddle", 1)
struct many {
  int count;
};
TROUPE_CONTRACT(many, "reading_test.many", 1, count)

class book : public actor<entry, word, riddle> {
 public:
  explicit book(life::journal_ptr to) : to_(std::move(to)) {}
  void on(const entry& m) { to_->note("has " + std::to_string(m.n.n)); }
  void on(const word& m) { to_->note(m.text); }
  gated on(const riddle&) { return {7}; }

 private:
  const life::journal_ptr to_;
};

// Counts its messages, and how many waited behind one of them at most.
class counter : public actor<word> {
 public:
  struct result {
    std::uint64_t handled = 0, waited = 0;
  };
  explicit counter(std::shared_ptr<result> out) : out_(std::move(out)) {}
  void on(const word&) {
    ++out_->handled;
    out_->waited = std::max(out_->waited, cell::current()->waiting());
  }

 private:
  const std::shared_ptr<result> out_;
};

// Sends, and then is at work until the first of it has been handled, or not.
class talker : public actor<many> {
 public:
  talker(ref<book> to, life::journal_ptr at, life::journal_ptr out)
      : to_(std::move(to)), at_(std::move(at)), out_(std::move(out)) {}
  void on(const many& m) {
    for (int i = 0; i < m.count; ++i) to_.tell(word{"word " + std::to_string(i) + std::string(100, ' ')});
    out_->note(at_->wait_for_part("word 0 ") ? "heard" : "not heard");
  }

 private:
  const ref<book> to_;
  const life::journal_ptr at_, out_;
};

}  // namespace

TEST_CASE("IN22: who decodes for one connection keeps no other from being read") {
  slow::gate = std::make_shared<life::gate>();
  slow::notes = std::make_shared<life::journal>();
  pair_of_nodes nodes;
  const auto notes = std::make_shared<life::journal>();
  spawn<book>(*nodes.there, "book", notes);
  node_options third = nodes.w.options("n1");
  third.name = "n3";
  third.listen.port = free_port();
  troupe::system n3{quiet(), remoting{third}};
  REQUIRE(wait_for_peer(n3, true));

  node(*nodes.here, "n2").ref<book>("/user/book").tell(entry{{1}});
  REQUIRE(slow::notes->wait_for("decodes 1"));
  node(n3, "n2").ref<book>("/user/book").tell(word{"from n3"});
  CHECK(notes->wait_for("from n3"));
  CHECK(notes->all() == life::lines{"from n3"});
  slow::gate->open();
  CHECK(notes->wait_for("has 1"));
}

TEST_CASE(
    "IN22, IN23: what is read is handled before more is: a stream of messages waits where it came from") {
  using namespace scripted_test;
  constexpr std::uint64_t count = 40'000;
  std::string one;
  const std::string payload = pack(word{"word"});
  REQUIRE(
      wire::tell{.path = "/user/counter", .type_hash = message_type_of<word>.hash, .payload = payload}.encode(
          one));
  std::string all;
  for (std::uint64_t i = 0; i < count; ++i) all += one;
  door at{{}, 1};  // its clock stands still, so nobody's time is up
  const auto out = std::make_shared<counter::result>();
  at.sys.spawn<counter>("counter", out);
  const auto peer = at.connect(guest());
  REQUIRE(peer.is_in());
  peer.far->send(all);
  at.sys.settle();
  CHECK(out->handled == count);
  CHECK(out->waited >= 64);  // or there was nothing to give way for
  // One read, and 64. Where a read takes so long that the lookout moves the recipient to what comes from outside (P8), a worker whose clock
  // stands still looks there after 256 turns (PC1), which are ten reads with the turns given: 20 here. Without giving way nearly all of them wait.
  CHECK(out->waited <= 20 * (detail::peer_read_bytes / one.size()));
}

TEST_CASE("PL25: who decodes a peer's answer keeps nobody else from being read") {
  slow::gate = std::make_shared<life::gate>();
  slow::notes = std::make_shared<life::journal>();
  pair_of_nodes nodes;
  REQUIRE(wait_for_peer(*nodes.there, true));
  const auto notes = std::make_shared<life::journal>();
  spawn<book>(*nodes.there, "book", notes);
  spawn<book>(*nodes.here, "own", notes);

  auto answer = node(*nodes.here, "n2").ref<book>("/user/book").ask(riddle{}, 20s);
  REQUIRE(slow::notes->wait_for("decodes 7"));
  node(*nodes.there, "n1").ref<book>("/user/own").tell(word{"from n2"});
  CHECK(notes->wait_for("from n2"));
  slow::gate->open();
  CHECK(answer.get().value().n == 7);
}

TEST_CASE("PL2: a handler that sends much does not keep it to itself until it is over") {
  world w;
  troupe::system_options alone = quiet();
  alone.workers = 1;
  troupe::system here{alone, remoting{w.options("n1")}}, there{quiet(), remoting{w.options("n2")}};
  REQUIRE(wait_for_peer(here, true));
  const auto notes = std::make_shared<life::journal>(), out = std::make_shared<life::journal>();
  spawn<book>(there, "book", notes);
  const auto to = node(here, "n2").ref<book>("/user/book");
  const auto me = spawn<talker>(here, "talker", to, notes, out);
  me.tell(many{1000});
  CHECK(out->wait_for_part("heard"));
  CHECK(out->all() == life::lines{"heard"});
}

}  // namespace node_reading_test
