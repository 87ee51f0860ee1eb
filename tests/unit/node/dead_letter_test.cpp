// What is said of messages between nodes that can't be delivered: type, sender and reason, on the side that finds out (M4, IN3, PL4).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_dead_letter_test {

namespace dead_letters {

struct greet {
  std::string whom;
};
TROUPE_CONTRACT(greet, "dead_letters.greet", 1, whom)
struct unheard_of {};
TROUPE_CONTRACT(unheard_of, "dead_letters.unheard_of", 1)
/// Has a whole `greet` on one side and none on the other.
struct garbled {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(garbled, "dead_letters.garbled", 1, n)

}  // namespace dead_letters

using namespace troupe;
using namespace node_test;
using namespace dead_letters;
using life::journal;
using life::journal_ptr;
using life::stop_and_wait;

namespace {

class host : public actor<greet, garbled> {
 public:
  void on(const greet&) {}
  void on(const garbled&) {}
};

struct say_it {
  ref<greet, unheard_of> to;
  using reply = std::uint64_t;
};
/// Sends to the other node, and answers with its own number.
class guest : public actor<say_it> {
 public:
  std::uint64_t on(const say_it& m) {
    m.to.tell(greet{"you"});
    m.to.tell(unheard_of{});
    return own_cell().number();
  }
};

/// Notes the dead letters of `sys`: `PATH MESSAGE from SENDER: REASON`.
journal_ptr dead_letters_of(troupe::system& sys) {
  auto out = std::make_shared<journal>();
  sys.events().subscribe([out](const event& e) {
    if (e.kind == event_kind::dead_letter)
      out->note(e.path + " " + e.message + " from " + e.sender + ": " + e.reason);
  });
  return out;
}

struct two_systems {
  world w;
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  troupe::system two{node_test::quiet(), remoting{w.options("n2")}};
  journal_ptr at_one = dead_letters_of(one), at_two = dead_letters_of(two);
  ref<guest> sender = spawn<guest>(one, "guest");

  two_systems() { REQUIRE(wait_for_peer(one, true)); }
  ref<greet, unheard_of> far(const std::string& path) { return node(one, "n2").ref<greet, unheard_of>(path); }
  std::string send(const std::string& path) {
    return std::to_string(sender.ask(say_it{far(path)}, 20s).get().value());
  }
};

}  // namespace

TEST_CASE("M4: a message that a peer can't deliver is a dead letter there with its type and its sender") {
  two_systems s;
  const auto h = spawn<host>(s.two, "host");
  const std::string number = s.send("/user/host");
  // A type that nobody has understood there goes by its number.
  CHECK(s.at_two->wait_for_part("/user/host type 0x"));
  CHECK(s.at_two->wait_for_part(" from n1:actor " + number + ": not_understood"));
  CHECK(s.at_two->all().size() == 1);
  // One that somebody has, even if he is gone, by its name.
  CHECK(s.send("/user/nobody") == number);
  CHECK(s.at_two->wait_for("/user/nobody dead_letters.greet from n1:actor " + number + ": stopped"));
  CHECK(stop_and_wait(h));
  CHECK(s.send("/user/host") == number);
  CHECK(s.at_two->wait_for("/user/host dead_letters.greet from n1:actor " + number + ": stopped"));
  // A thread is no actor.
  s.far("/user/nobody").tell(greet{"anybody"});
  CHECK(s.at_two->wait_for("/user/nobody dead_letters.greet from n1: stopped"));
  CHECK(s.at_one->all().empty());
}

TEST_CASE("M4, IN3: a payload that is none of its type is a dead letter that names it and says why") {
  const world w;
  troupe::system two{node_test::quiet(), remoting{w.options("n2")}};
  spawn<host>(two, "host");
  const auto at_two = dead_letters_of(two);
  raw_peer peer{w.two, frame_of(wire::hello{
                           .node = "strange", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s})};
  REQUIRE(peer.next().first == wire::frame_kind::welcome);
  peer.send(frame_of(wire::tell{.path = "/user/host",
                                .type_hash = message_type_of<garbled>.hash,
                                .cause = 17,
                                .payload = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}));
  CHECK(
      at_two->wait_for_part("/user/host dead_letters.garbled from strange:actor 17: decode_error: "
                            "dead_letters.garbled does not decode"));
}

TEST_CASE(
    "M4, PL4: a message to a peer that is not there is a dead letter here, with its sender and the reason") {
  const world w;
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  const auto at_one = dead_letters_of(one);
  const auto sender = spawn<guest>(one, "guest");
  const auto far = node(one, "n2").ref<greet, unheard_of>("/user/host");
  REQUIRE(sender.ask(say_it{far}, 20s).get().has_value());
  CHECK(at_one->wait_for_part("n2:/user/host dead_letters.greet from /user/guest: unreachable: "));
  CHECK(at_one->wait_for_part("n2:/user/host dead_letters.unheard_of from /user/guest: unreachable: "));
}

}  // namespace node_dead_letter_test
