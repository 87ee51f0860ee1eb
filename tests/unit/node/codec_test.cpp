// Codecs are a user's code: one that throws, or takes its time, costs its message and nobody else.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_test {

/// A number whose codec throws as it is told to, or waits for a gate.
struct moody {
  int n = 0;
};
/// What moody codecs do.
struct moods {
  static inline std::atomic<int> encode_throws_at{-1};
  static inline std::atomic<int> decode_throws_at{-1};
  static inline std::atomic<int> encode_waits_at{-1};
  static inline life::gate_ptr gate;
  static inline life::journal_ptr j;
};

}  // namespace node_test

template <>
struct troupe::codec<node_test::moody> {
  static constexpr std::string_view type_name = "moody";
  static void encode(byte_writer& to, const node_test::moody& m) {
    using node_test::moods;
    if (m.n == moods::encode_throws_at) throw std::runtime_error{"not this one"};
    if (m.n == moods::encode_waits_at) {
      moods::j->note("encoding");
      moods::gate->pass();
    }
    to.svarint(m.n);
  }
  static bool decode(byte_reader& from, node_test::moody& m) {
    m.n = static_cast<int>(from.svarint());
    if (m.n == node_test::moods::decode_throws_at) throw std::runtime_error{"not that one"};
    return from.ok();
  }
};

namespace node_test {

struct send_it {
  moody what;
  using reply = moody;
};
TROUPE_CONTRACT(send_it, "node_test.send_it", 1, what)

}  // namespace node_test

using namespace troupe;
using namespace node_test;
using life::patience;

namespace {

/// Answers with the number and one.
class echo : public actor<send_it> {
 public:
  moody on(const send_it& m) { return {m.what.n + 1}; }
};

struct stage {
  world w;
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  ref<send_it> far = node(here, "n2").ref<send_it>("/user/echo");

  stage() {
    moods::encode_throws_at = moods::decode_throws_at = moods::encode_waits_at = -1;
    spawn<echo>(there, "echo");
    REQUIRE(wait_for_peer(here, true));
  }
  result<moody> ask(int n) const { return far.ask(send_it{{n}}, patience).get(); }
};

}  // namespace

TEST_CASE("R8, M4: a request whose encoding throws is refused with the reason; the link goes on") {
  stage s;
  moods::encode_throws_at = 10;
  const auto before = s.here.events().count(event_kind::dead_letter);
  const auto refused = s.ask(10);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::invalid);
  CHECK(refused.error().text.find("encoding node_test.send_it threw") != std::string::npos);
  CHECK(refused.error().text.find("not this one") != std::string::npos);
  CHECK(s.here.events().count(event_kind::dead_letter) - before == 1);
  CHECK(s.ask(1).value().n == 2);
}

TEST_CASE("R8: a request whose decoding throws is answered decode_error; the connection goes on") {
  stage s;
  moods::decode_throws_at = 10;
  const auto refused = s.ask(10);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::decode_error);
  CHECK(refused.error().text.find("not that one") != std::string::npos);
  CHECK(s.there.events().count(event_kind::dead_letter) == 1);
  CHECK(s.ask(1).value().n == 2);
}

TEST_CASE("R8: a reply whose encoding or decoding throws fails that ask with the reason; others go on") {
  stage s;
  moods::encode_throws_at = 11;  // the reply to 10
  const auto unsent = s.ask(10);
  REQUIRE(unsent.has_error());
  CHECK(unsent.error().code == errc::invalid);
  moods::decode_throws_at = 21;
  const auto unread = s.ask(20);
  REQUIRE(unread.has_error());
  CHECK(unread.error().code == errc::decode_error);
  CHECK(s.ask(1).value().n == 2);
}

TEST_CASE("PL5: a codec that takes its time holds up nobody else who sends to that node") {
  stage s;
  moods::j = std::make_shared<life::journal>();
  moods::gate = std::make_shared<life::gate>();
  moods::encode_waits_at = 100;
  std::thread slow{[&] { CHECK(s.ask(100).value().n == 101); }};
  CHECK(moods::j->wait_for("encoding"));
  CHECK(s.ask(1).value().n == 2);
  moods::gate->open();
  slow.join();
}
