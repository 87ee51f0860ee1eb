// Nodes in one process over loopback sockets: what a user of a remote ref sees, and what a hostile peer gets.
#include <doctest/doctest.h>

#include <numeric>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/remoting.hpp>

#include "unit/node/world.hpp"

namespace node_node_test {

namespace messages {

struct add {
  int n;
  using reply = int;
};
TROUPE_CONTRACT(add, "node_test.add", 1, n)
struct note {
  int n;
};
TROUPE_CONTRACT(note, "node_test.note", 1, n)
struct get_notes {
  using reply = std::vector<int>;
};
TROUPE_CONTRACT(get_notes, "node_test.get_notes", 1)
struct boom {
  using reply = int;
};
TROUPE_CONTRACT(boom, "node_test.boom", 1)
struct stranger {
  using reply = int;
};
TROUPE_CONTRACT(stranger, "node_test.stranger", 1)
struct homebound {
  int n;
  using reply = int;
};
struct wait_for_ever {
  using reply = int;
};
TROUPE_CONTRACT(wait_for_ever, "node_test.wait_for_ever", 1)

}  // namespace messages

using namespace troupe;
using namespace node_test;
using namespace messages;
using namespace std::chrono_literals;

namespace {

class counter : public actor<add, note, get_notes, boom, wait_for_ever> {
 public:
  int on(const add& m) { return total_ += m.n; }
  void on(const note& m) { notes_.push_back(m.n); }
  std::vector<int> on(const get_notes&) { return notes_; }
  int on(const boom&) { throw std::runtime_error{"asked to"}; }
  task<int> on(wait_for_ever) {
    co_await sleep(1h);
    co_return 0;
  }

 private:
  int total_ = 0;
  std::vector<int> notes_;
};

/// What others may ask of `counter`, and what it does not understand.
using counter_ref = ref<add, note, get_notes, boom, wait_for_ever, stranger, homebound>;

/// The counter on `n2`, seen from `n1`.
counter_ref far_counter(troupe::system& sys, std::string path = "/user/counter") {
  return node(sys, "n2").ref<add, note, get_notes, boom, wait_for_ever, stranger, homebound>(std::move(path));
}

}  // namespace

TEST_CASE(
    "M3, M5: an actor on another node answers asks, keeps the order of tells, and its errors come back") {
  const world w;
  troupe::system here{quiet(), remoting{w.options("n1")}};
  troupe::system there{quiet(), remoting{w.options("n2")}};
  spawn<counter>(there, "counter");
  REQUIRE(wait_for_peer(here, true));
  const auto far = far_counter(here);
  CHECK(far.ask(add{2}, 5s).get().value() == 2);
  for (int i = 0; i < 10'000; ++i) far.tell(note{i});
  std::vector<int> sent(10'000);
  std::iota(sent.begin(), sent.end(), 0);
  CHECK(far.ask(get_notes{}, 20s).get().value() == sent);
  const auto unknown = far.ask(stranger{}, 5s).get();
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().code == errc::not_understood);
  const auto no_contract = far.ask(homebound{1}, 5s).get();
  REQUIRE(no_contract.has_error());
  CHECK(no_contract.error().code == errc::invalid);
  CHECK(no_contract.error().text.find("homebound") != std::string::npos);
  for (const std::string path : {"/user/nobody", "/system", "/user", "/"}) {
    const auto nobody = far_counter(here, path).ask(add{1}, 5s).get();
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code == errc::stopped);
  }
  const auto failed_ask = far.ask(boom{}, 5s).get();
  REQUIRE(failed_ask.has_error());
  CHECK(failed_ask.error().code == errc::handler_failed);
  CHECK(failed_ask.error().type == "std::runtime_error");
  CHECK(failed_ask.error().text == "asked to");
  CHECK(failed_ask.error().path == "n2:/user/counter");
}

TEST_CASE("R2, L5, M5: a peer that is gone is unreachable at once; when it is back the same ref works") {
  const world w;
  troupe::system here{quiet(), remoting{w.options("n1")}};
  const auto far = far_counter(here);
  const auto early = far.ask(add{1}, 20s).get();
  REQUIRE(early.has_error());
  CHECK(early.error().code == errc::unreachable);
  CHECK_FALSE(early.error().text.empty());
  std::uint64_t first = 0;
  for (int life = 0; life < 2; ++life) {
    troupe::system there{quiet(), remoting{w.options("n2")}};
    spawn<counter>(there, "counter");
    REQUIRE(wait_for_peer(here, true));
    CHECK(far.ask(add{1}, 5s).get().value() == 1);
    CHECK(peers(here).at(0).incarnation != first);
    first = peers(here).at(0).incarnation;
    auto in_flight = far.ask(wait_for_ever{}, 30s);
    far_counter(here, "/user/nobody").ask(add{1}, 5s).get().has_error();  // what was sent before has arrived
    there.shutdown();
    const auto cut = in_flight.get();
    REQUIRE(cut.has_error());
    const bool told = cut.error().code == errc::unreachable || cut.error().code == errc::stopped;
    CHECK(told);
    REQUIRE(wait_for_peer(here, false));
    CHECK_FALSE(peers(here).at(0).reason.empty());
  }
}

TEST_CASE("N1, N3, R7: a set-up that can't work is a failed start with a readable line") {
  const world w;
  auto open_to_all = w.options("n1");
  open_to_all.listen.host = "0.0.0.0";
  CHECK_THROWS_WITH_AS((troupe::system{quiet(), remoting{open_to_all}}), doctest::Contains("node.insecure"),
                       failed);
  auto far = w.options("n1");
  far.peers["n7"] = {"10.0.0.7", 7000};
  CHECK_THROWS_WITH_AS((troupe::system{quiet(), remoting{far}}),
                       doctest::Contains("would dial n7 at 10.0.0.7:7000 without TLS"), failed);
  auto hasty = w.options("n1");
  hasty.heartbeat_limit = 300ms;
  CHECK_THROWS_WITH_AS((troupe::system{quiet(), remoting{hasty}}), doctest::Contains("heartbeat"), failed);
  // Nobody is known whose link would show it, and somebody may come.
  const auto alone = [&](const std::function<void(node_options&)>& change) {
    auto o = w.options("n1");
    o.peers.clear();
    change(o);
    troupe::system never{quiet(), remoting{o}};
  };
  for (const std::string& name : {std::string{}, std::string(256, 'n'), std::string{"n1\n"}})
    CHECK_THROWS_WITH_AS(alone([&](auto& o) { o.name = name; }),
                         doctest::Contains("must have 1 to 255 bytes and no control characters"), failed);
  CHECK_THROWS_WITH_AS(alone([](auto& o) {
                         o.advertise = port::endpoint{std::string(250, 'a'), 12345};
                       }),
                       doctest::Contains("node.advertise"), failed);
  CHECK_THROWS_WITH_AS(alone([](auto& o) {
                         o.advertise = port::endpoint{"a\nb", 1};
                       }),
                       doctest::Contains("node.advertise"), failed);
  CHECK_THROWS_WITH_AS(alone([](auto& o) { o.heartbeat_limit = 300ms; }), doctest::Contains("heartbeat"),
                       failed);
  CHECK_NOTHROW(alone([](auto& o) { o.advertise = port::endpoint{std::string(249, 'a'), 12345}; }));
  troupe::system first{quiet(), remoting{w.options("n1")}};
  CHECK_THROWS_WITH_AS((troupe::system{quiet(), remoting{w.options("n1")}}), doctest::Contains("taken"),
                       failed);
}

TEST_CASE("R6, R8: a peer that breaks the grammar is turned away or cut off, and the node goes on") {
  const world w;
  troupe::system here{quiet(), remoting{w.options("n1")}};
  troupe::system there{quiet(), remoting{w.options("n2")}};
  spawn<counter>(there, "counter");
  REQUIRE(wait_for_peer(here, true));
  const wire::hello good{.node = "guest", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s};
  auto other_magic = good, other_target = good, same_name = good;
  other_magic.magic = 1;
  other_target.target = "n9";
  same_name.node = "n2";
  // Whole and right, but before the hello: what it adds would be seen.
  const std::string five = pack(add{5});
  const std::string early = frame_of(wire::ask{.request = 1,
                                               .time_left = 20s,
                                               .path = "/user/counter",
                                               .type_hash = message_type_of<add>.hash,
                                               .payload = five});
  const std::string early_tell =
      frame_of(wire::tell{.path = "/user/counter", .type_hash = message_type_of<add>.hash, .payload = five});
  std::string bad_ask = "....\x07garbage";
  bad_ask.replace(0, 4, std::string{"\x07\0\0\0", 4});
  for (const std::string& bytes :
       {std::string{"GET / HTTP/1.0\r\n\r\n"}, std::string{"\xff\xff\xff\xff\x01", 5},
        std::string(100'000, '\1'), frame_of(wire::ping{1}), early, early_tell, early + frame_of(good),
        frame_of(other_magic) + early, frame_of(other_magic), frame_of(other_target), frame_of(same_name),
        frame_of(good) + bad_ask, frame_of(good) + frame_of(good), frame_of(good).substr(0, 9)}) {
    CAPTURE(bytes.size());
    CHECK(raw_talk(w.two, bytes) != "(still open)");
    CHECK(far_counter(here).ask(add{0}, 5s).get().value() == 0);
  }
  CHECK(there.events().count(event_kind::peer_refused) >= 8);
}

}  // namespace node_node_test
