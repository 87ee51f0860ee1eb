// Connections of one run that come while something of another is still being handled (ST1, ST3-ST5).
#include <thread>
#include <troupe/contract/contract.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/scripted.hpp"

namespace node_session_table_test {

/// A number that is decoded when the gate is open.
struct gated {
  std::int32_t n = 0;
};
struct slow {
  static inline life::gate_ptr gate;
  static inline life::journal_ptr notes;
};

}  // namespace node_session_table_test

template <>
struct troupe::codec<node_session_table_test::gated> {
  static constexpr std::string_view type_name = "gated";
  static void encode(byte_writer& to, const node_session_table_test::gated& m) { to.svarint(m.n); }
  static bool decode(byte_reader& from, node_session_table_test::gated& m) {
    using node_session_table_test::slow;
    m.n = static_cast<std::int32_t>(from.svarint());
    slow::notes->note("decodes " + std::to_string(m.n));
    slow::gate->pass();
    return from.ok();
  }
};

namespace node_session_table_test {

using namespace troupe;
using namespace scripted_test;
using wire::frame_kind;

namespace {

struct entry {
  gated n = {};
};
TROUPE_CONTRACT(entry, "session_table.entry", 1, n)

class book : public actor<entry> {
 public:
  explicit book(life::journal_ptr to) : to_(std::move(to)) {}
  void on(const entry& m) { to_->note("has " + std::to_string(m.n.n)); }

 private:
  const life::journal_ptr to_;
};

std::string tell_of(std::int32_t n) {
  const std::string payload = pack(entry{{n}});
  std::string frame;
  REQUIRE(
      wire::tell{.path = "/user/book", .type_hash = message_type_of<entry>.hash, .payload = payload}.encode(
          frame));
  return frame;
}

/// What the welcome says of the messages that have come; nothing if there was none.
std::optional<std::uint64_t> messages_welcomed(far_side& far) {
  for (const auto& [kind, body] : far.frames())
    if (kind == frame_kind::welcome) return wire::welcome::decode(body).value().messages;
  return {};
}

/// The first connection of the guest, on which entry 1 is being decoded until the gate is opened.
struct stuck {
  explicit stuck(const std::function<void(node_options&)>& change = {}) : at(change) {
    slow::gate = std::make_shared<life::gate>();
    slow::notes = notes;
    at.sys.spawn<book>("book", notes);
    first = at.connect(guest());
    REQUIRE(first.is_in());
    decoding = std::thread{[this] { first.far->send(tell_of(1)); }};
    REQUIRE(notes->wait_for("decodes 1"));
  }
  ~stuck() { let_go(); }
  void let_go() {
    slow::gate->open();
    if (decoding.joinable()) decoding.join();
    at.sys.settle();
  }

  const life::journal_ptr notes = std::make_shared<life::journal>();
  door at;
  door::caller first;
  std::thread decoding;
};

const life::lines in_order{"decodes 1", "has 1", "decodes 2", "has 2"};

/// All of the first is handled, and said to have arrived, before anything of `last` is.
void check_goes_on(stuck& s, door::caller last) {
  CHECK_FALSE(last.is_in());
  s.let_go();
  CHECK(last.is_in());
  CHECK(messages_welcomed(*last.far) == std::optional<std::uint64_t>{1});
  last.far->send(tell_of(2));
  s.at.sys.settle();
  CHECK(s.notes->all() == in_order);
  CHECK(s.at.unheard == 0);
  last.far->end();
  s.at.sys.settle();
  CHECK(s.at.unheard == 1);
}

}  // namespace

TEST_CASE("ST1, M3: a third connection waits for the first though the second, which waited, has gone") {
  stuck s;
  const auto second = s.at.connect(guest());
  CHECK(s.first.far->is_closed());
  CHECK_FALSE(second.is_in());
  second.far->end();
  CHECK(second.far->is_closed());
  check_goes_on(s, s.at.connect(guest()));
}

TEST_CASE("ST1, M3: a third connection takes the place of the second, and waits for the first as that did") {
  stuck s;
  const auto second = s.at.connect(guest());
  CHECK_FALSE(second.is_in());
  const auto third = s.at.connect(guest());
  CHECK(second.far->is_closed());
  check_goes_on(s, third);
}

TEST_CASE("ST4: a connection that has ended by itself is waited for as one that was given up is") {
  stuck s;
  s.first.near->cut("it was broken", [] {});
  CHECK(s.first.far->is_closed());
  check_goes_on(s, s.at.connect(guest()));
}

TEST_CASE(
    "ST3, ST6, M9: who is to be told that the peer, or a run of it, is down is told behind all that is being "
    "handled, though "
    "others wait for it") {
  for (const auto& [second_goes, all_runs] :
       {std::pair{false, false}, std::pair{true, false}, std::pair{false, true}, std::pair{true, true}}) {
    CAPTURE(second_goes);
    CAPTURE(all_runs);
    stuck s;
    const auto second = s.at.connect(guest());
    if (second_goes) second.far->end();
    std::optional<door::caller> anew;
    const auto tell = [&] { s.notes->note(anew && anew->is_in() ? "told late" : "told"); };
    if (all_runs)
      s.at.sessions->all_declared_down("guest", "a test", tell);
    else
      s.at.sessions->declared_down("guest", {5, 1}, tell);
    CHECK(second.far->is_closed());
    CHECK(s.notes->count("told") == 0);
    anew = s.at.connect(guest(5, 2));  // it has come back meanwhile
    CHECK_FALSE(anew->is_in());
    s.let_go();
    CHECK(s.notes->count("told") == 1);
    CHECK(anew->is_in());
    CHECK(messages_welcomed(*anew->far) == std::optional<std::uint64_t>{0});
    anew->far->send(tell_of(2));
    s.at.sys.settle();
    CHECK(s.notes->count("has 1") == 1);
    CHECK(s.notes->all().back() == "has 2");
  }
}

TEST_CASE("ST3: where nothing is handled, who is to be told is told at once") {
  stuck s;
  s.let_go();
  int told = 0;
  s.at.sessions->declared_down("guest", {5, 1}, [&] { ++told; });
  CHECK(told == 1);
  CHECK(s.first.far->is_closed());
  s.at.sessions->declared_down("guest", {5, 1}, [&] { ++told; });
  s.at.sessions->declared_down("nobody", {5, 1}, [&] { ++told; });
  s.at.sessions->all_declared_down("guest", "a test", [&] { ++told; });
  s.at.sessions->all_declared_down("nobody", "a test", [&] { ++told; });
  CHECK(told == 5);
  CHECK(s.at.connect(guest(5, 2)).is_in());
}

TEST_CASE(
    "ST1, DL6: a new epoch begins from nothing, when the old one has been handled; an older one is over") {
  stuck s;
  const auto anew = s.at.connect(guest(5, 3));
  const auto old = s.at.connect(guest(5, 2));
  CHECK(old.far->is_closed());
  CHECK_FALSE(anew.is_in());
  s.let_go();
  CHECK(anew.is_in());
  CHECK(messages_welcomed(*anew.far) == std::optional<std::uint64_t>{0});
}

TEST_CASE("ST5, R8: no more runs have a connection than there may be; one that comes anew is not one more") {
  stuck s{[](node_options& o) { o.inbound_max = 2; }};
  const auto other = s.at.connect(guest(6));
  CHECK(other.is_in());
  const auto more = s.at.connect(guest(7));
  CHECK(more.far->is_closed());
  const auto said = more.far->frames();
  REQUIRE(said.size() == 1);
  REQUIRE(said[0].first == frame_kind::reject);
  const auto why = wire::reject::decode(said[0].second).value();
  CHECK(why.code == errc::overloaded);
  CHECK(why.text == "node n2 has 2 connections of peers already (node.inbound_max)");
  const auto again = s.at.connect(guest());  // instead of the first
  CHECK_FALSE(again.far->is_closed());
  other.far->end();
  CHECK(s.at.connect(guest(7)).is_in());
  s.let_go();
  CHECK(again.is_in());
}

TEST_CASE(
    "ST2, ST3: runs that are too many end when nothing of them is handled, and nobody is let in for them") {
  stuck s;
  const auto second = s.at.connect(guest());
  for (std::uint64_t run = 6; run < 6 + detail::session_table::runs_max; ++run)
    CHECK(s.at.connect(guest(run)).is_in());
  CHECK(second.far->is_closed());
  s.let_go();
  CHECK_FALSE(second.is_in());
  CHECK(s.notes->count("has 1") == 1);
}

}  // namespace node_session_table_test
