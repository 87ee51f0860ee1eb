// What is sent to a peer before it is up: it waits for an attempt that is likely to come to something (PL4, K13), with the test as the peer.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_first_words_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct word {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(word, "first_words.word", 1, n)
struct question {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(question, "first_words.question", 1)

/// Says a word to somebody on another node, and ends.
class swan : public actor<word> {
 public:
  explicit swan(ref<word> to) : to_(std::move(to)) {}
  void on(const word& m) {
    to_.tell(word{m.n + 1});
    stop_self();
  }

 private:
  const ref<word> to_;
};

wire::welcome yes(const std::string& node) {
  return {.capabilities = 0, .node = node, .incarnation = 7, .heartbeat_interval = 1s, .epoch = 1};
}

/// The numbers of the words that come, until something else does, which is put behind them.
std::vector<std::string> what_comes(raw_peer& peer) {
  std::vector<std::string> out;
  for (;;) {
    const auto [kind, body] = peer.next();
    if (kind != frame_kind::tell) {
      out.emplace_back(to_string(kind));
      return out;
    }
    const auto told = wire::tell::decode(body).value();
    out.push_back(std::to_string(unpack<word>(told.payload).value().n));
  }
}

journal_ptr dead_letters(troupe::system& sys) {
  const auto out = std::make_shared<journal>();
  sys.events().subscribe([out](const event& e) {
    if (e.kind == event_kind::dead_letter) out->note(e.path + " " + e.reason);
  });
  return out;
}

}  // namespace

TEST_CASE("PL4, K13: what is sent while a peer is met for the first time arrives, in order") {
  const world w;
  const raw_listener door{w.two};
  troupe::system here{quiet(), remoting{w.options("n1")}};
  raw_peer as_it{door.accept()};
  REQUIRE(as_it.next().first == frame_kind::hello);
  const auto to = node(here, "n2").ref<word, question>("/user/x");
  for (int n = 1; n <= 3; ++n) to.tell(word{n});
  const auto answer = to.ask(question{}, 20s);
  as_it.send(frame_of(yes("n2")));
  CHECK(what_comes(as_it) == std::vector<std::string>{"1", "2", "3", "ask"});
  to.tell(word{4});
  const auto again = to.ask(question{}, 20s);
  CHECK(what_comes(as_it) == std::vector<std::string>{"4", "ask"});
}

TEST_CASE(
    "PL4, K13: where the first attempt comes to nothing, what has waited for it is refused with the reason") {
  const world w;
  const raw_listener door{w.two};
  troupe::system here{quiet(), remoting{w.options("n1")}};
  const journal_ptr lost = dead_letters(here);
  auto as_it = std::make_unique<raw_peer>(door.accept());
  REQUIRE(as_it->next().first == frame_kind::hello);
  const auto to = node(here, "n2").ref<word, question>("/user/x");
  to.tell(word{1});
  auto answer = to.ask(question{}, 20s);
  CHECK(lost->all().empty());
  as_it.reset();
  const auto why = answer.get();
  CHECK(why.error().code == errc::unreachable);
  CHECK(why.error().text.find("the connection to n2 has ended") != std::string::npos);
  CHECK(lost->wait_for(
      "n2:/user/x unreachable: the connection to n2 has ended: the peer closed the connection"));
}

namespace {

/// n2, to which a guest has said hello whom it dials, and who has not answered that yet.
struct hello_and_no_welcome {
  hello_and_no_welcome()
      : there(quiet(), remoting{options()}),
        guest(w.two, frame_of(wire::hello{.capabilities = 0,
                                          .node = "guest",
                                          .incarnation = 7,
                                          .target = "n2",
                                          .heartbeat_interval = 1s,
                                          .epoch = 1,
                                          .address = "127.0.0.1:" + std::to_string(port)})),
        dialled((guest.next(), door.accept())) {
    REQUIRE(dialled.next().first == frame_kind::hello);
  }
  node_options options() const {
    auto o = w.options("n2");
    o.peers.clear();
    return o;
  }

  const world w;
  const std::uint16_t port = free_port();
  const raw_listener door{port};
  troupe::system there;
  raw_peer guest, dialled;
};

}  // namespace

TEST_CASE("PL4, K13: who has just said hello is sent what is for it when it has been dialled") {
  hello_and_no_welcome h;
  const journal_ptr lost = dead_letters(h.there);
  node(h.there, "guest").ref<word>("/user/x").tell(word{5});
  h.dialled.send(frame_of(yes("guest")));
  const auto [kind, body] = h.dialled.next();
  REQUIRE(kind == frame_kind::tell);
  CHECK(wire::tell::decode(body).value().path == "/user/x");
  CHECK(lost->all().empty());
}

TEST_CASE("M9, K13: the end of who has said something meanwhile comes behind that") {
  hello_and_no_welcome h;
  const auto one = spawn<swan>(h.there, "swan", node(h.there, "guest").ref<word>("/user/x"));
  h.guest.send(frame_of(wire::watch{1, 5, "/user/swan"}));
  const std::string payload = pack(word{8});
  h.guest.send(frame_of(
      wire::tell{.path = "/user/swan", .type_hash = message_type_of<word>.hash, .payload = payload}));
  // Behind that: it is answered when the other has ended.
  h.guest.send(frame_of(wire::ask{.request = 1,
                                  .time_left = 20s,
                                  .path = "/user/swan",
                                  .type_hash = message_type_of<word>.hash,
                                  .payload = payload}));
  for (auto kind = frame_kind::received; kind != frame_kind::failure; kind = h.guest.next().first)
    REQUIRE(kind == frame_kind::received);
  h.dialled.send(frame_of(yes("guest")));
  CHECK(what_comes(h.dialled) == std::vector<std::string>{"9", "obituary"});
}

}  // namespace node_first_words_test
