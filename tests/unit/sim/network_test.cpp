// The network of a simulated world, by its ports (NW1-NW7, T3, T4).
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <troupe/sim/world.hpp>

namespace sim_network_test {

using namespace troupe;

namespace {

using stream_ptr = std::unique_ptr<port::stream>;

/// Two hosts and a connection from one to the other.
struct pair_of_ends {
  explicit pair_of_ends(std::uint64_t seed, std::uint16_t port = 80)
      : w(seed), a(w.boot("a")), b(w.boot("b")) {
    acceptor = b->transport().listen({.port = port}).value();
    acceptor->accept([this](result<stream_ptr> s) { far = std::move(s).value(); });
    a->transport().connect({.port = port}, seconds{1},
                           [this](result<stream_ptr> s) { near = std::move(s).value(); });
    w.run_for(seconds{1});
    REQUIRE(near);
    REQUIRE(far);
  }

  /// What can be read at that end now.
  static std::string read(port::stream& from) {
    std::string out;
    std::array<std::byte, 100> piece;
    for (;;) {
      const auto got = from.read_some(piece);
      if (!got || *got == 0) return out;
      out.append(reinterpret_cast<const char*>(piece.data()), *got);
    }
  }
  static std::size_t write(port::stream& to, const std::string& text) {
    const auto put = to.write_some(std::as_bytes(std::span{text}));
    return put ? *put : 0;
  }
  /// Why a write fails; nothing if it does not.
  static std::optional<errc> refusal(port::stream& to) {
    const auto put = to.write_some(std::as_bytes(std::span{"x", 1}));
    return put ? std::optional<errc>{} : put.error().code;
  }
  /// Writes all of it, in as many pieces as it takes.
  static void write_all(port::stream& to, std::string text) {
    while (!text.empty()) text.erase(0, write(to, text));
  }

  sim::world w;
  std::unique_ptr<port::platform> a, b;
  std::unique_ptr<port::acceptor> acceptor;
  stream_ptr near, far;
};

std::string alphabet() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

}  // namespace

TEST_CASE("NW1: bytes arrive after the latency of their way, in their order, however they are cut up") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    pair_of_ends l{seed};
    const std::string text = alphabet();
    pair_of_ends::write_all(*l.near, text.substr(0, 500));
    pair_of_ends::write_all(*l.near, text.substr(500));
    CHECK(pair_of_ends::read(*l.far).empty());  // nothing is there at once
    l.w.run_for(sim::way{}.latency_min / 2);
    CHECK(pair_of_ends::read(*l.far).empty());
    l.w.run_for(milliseconds{10});
    CHECK(pair_of_ends::read(*l.far) == text);
    std::array<std::byte, 1> more;
    CHECK(l.far->read_some(more).error().code == errc::would_block);
  }
}

TEST_CASE("NW2: what is sent over a cut way arrives when it heals, in order; the other way is another one") {
  pair_of_ends l{1};
  l.w.network().cut("a", "b", true);
  pair_of_ends::write_all(*l.near, "one ");
  pair_of_ends::write_all(*l.far, "back");
  l.w.run_for(seconds{10});
  pair_of_ends::write_all(*l.near, "two");
  l.w.run_for(seconds{10});
  CHECK(pair_of_ends::read(*l.far).empty());
  CHECK(pair_of_ends::read(*l.near) == "back");
  l.w.network().cut("a", "b", false);
  l.w.run_for(seconds{1});
  CHECK(pair_of_ends::read(*l.far) == "one two");
}

TEST_CASE(
    "NW2: who has waited too long for a cut way finds the connection broken; a connect over one finds "
    "nobody") {
  pair_of_ends l{1};
  l.w.network().partition("a", "b", true);
  pair_of_ends::write_all(*l.near, "hello");
  l.w.run_for(sim::network::given_up_after + seconds{1});
  CHECK(pair_of_ends::refusal(*l.near) == errc::io);
  std::optional<errc> why;
  l.a->transport().connect({.port = 80}, seconds{2}, [&](result<stream_ptr> s) { why = s.error().code; });
  l.w.run_for(seconds{1});
  CHECK(!why);
  l.w.run_for(seconds{2});
  CHECK(why == errc::timeout);
}

TEST_CASE(
    "NW3, D2: a crashed host's peers find a reset, nobody listens there, and what is left of it reaches "
    "nobody") {
  pair_of_ends l{1};
  l.w.crash("b");
  CHECK(pair_of_ends::refusal(*l.far) == errc::io);
  l.far.reset();
  CHECK(l.b->transport().listen({.port = 81}).error().code == errc::io);
  bool called = false;
  l.b->transport().connect({.port = 80}, seconds{1}, [&](result<stream_ptr>) { called = true; });
  l.w.run_for(seconds{2});
  CHECK(!called);
  std::array<std::byte, 10> into;
  CHECK(l.near->read_some(into).error().code == errc::io);
  std::optional<errc> why;
  l.a->transport().connect({.port = 80}, seconds{5}, [&](result<stream_ptr> s) { why = s.error().code; });
  l.w.run_for(seconds{1});
  CHECK(why == errc::unreachable);
}

TEST_CASE("NW4: a connection takes so many bytes that nobody reads, and more when they are read") {
  pair_of_ends l{1};
  const std::string chunk(64u << 10, 'x');
  std::size_t taken = 0;
  while (const std::size_t n = pair_of_ends::write(*l.near, chunk)) taken += n;
  CHECK(taken == sim::network::window_bytes);
  bool writable = false;
  l.near->wait_writable([&](const result<void>& how) { writable = how.has_value(); });
  l.w.run_for(seconds{1});
  CHECK(!writable);
  CHECK(pair_of_ends::read(*l.far).size() == taken);
  l.w.run_for(seconds{1});
  CHECK(writable);
  CHECK(pair_of_ends::write(*l.near, chunk) > 0);
}

TEST_CASE("T3, T4: the end of a stream is read as 0, and closing answers who waits, each once, later") {
  pair_of_ends l{1};
  int readable = 0;
  std::optional<errc> why;
  l.far->wait_readable([&](const result<void>& how) {
    ++readable;
    if (!how) why = how.error().code;
  });
  l.far->close();
  CHECK(readable == 0);  // not inside of the call (NW5)
  l.w.run_for(seconds{1});
  CHECK(readable == 1);
  CHECK(why == errc::closed);
  std::array<std::byte, 10> into;
  CHECK(l.near->read_some(into).value() == 0);
}

TEST_CASE(
    "NW3: a port that is taken is refused to a second listener, and free again when the first has closed") {
  pair_of_ends l{1};
  CHECK(l.a->transport().listen({.port = 80}).error().code == errc::already_exists);
  l.acceptor->close();
  CHECK(l.a->transport().listen({.port = 80}).has_value());
  CHECK(l.a->transport().listen({.port = 0}).value()->local().port != 0);
}

TEST_CASE(
    "NW6: a connection that one side has forgotten takes what the other writes, for a while, and answers "
    "nothing") {
  pair_of_ends l{1};
  l.w.network().forget("b", "a");
  CHECK(pair_of_ends::refusal(*l.far) == errc::io);
  l.far.reset();  // its side closes, of which nobody hears
  l.w.run_for(seconds{10});
  CHECK(pair_of_ends::write(*l.near, "hello") > 0);
  l.w.run_for(seconds{10});
  CHECK(pair_of_ends::write(*l.near, "are you there") > 0);
  std::array<std::byte, 10> into;
  CHECK(l.near->read_some(into).error().code == errc::would_block);
  SUBCASE("who has waited for too long gives up") {
    l.w.run_for(sim::network::given_up_after);
    CHECK(pair_of_ends::refusal(*l.near) == errc::io);
  }
  SUBCASE("or it is answered with a reset: for what waits, and for what comes later") {
    l.w.network().answer_forgotten("b", "a");
    l.w.run_for(seconds{1});
    CHECK(pair_of_ends::refusal(*l.near) == errc::io);
  }
}

TEST_CASE(
    "NW6: what is written once a forgotten connection is answered for finds a reset; other connections go "
    "on") {
  pair_of_ends l{1};
  stream_ptr other_near, other_far;
  l.b->transport().connect({.port = 81}, seconds{1}, [](const result<stream_ptr>&) {});
  auto acceptor = l.a->transport().listen({.port = 90}).value();
  acceptor->accept([&](result<stream_ptr> s) { other_far = std::move(s).value(); });
  l.a->transport().connect({.port = 90}, seconds{1},
                           [&](result<stream_ptr> s) { other_near = std::move(s).value(); });
  l.w.run_for(seconds{1});
  REQUIRE(other_near);
  l.w.network().forget("b", "a");
  l.w.network().answer_forgotten("b", "a");
  l.w.run_for(seconds{1});
  CHECK(!pair_of_ends::refusal(*l.near));
  l.w.run_for(seconds{1});
  CHECK(pair_of_ends::refusal(*l.near) == errc::io);
  CHECK(pair_of_ends::write(*other_near, "x") == 1);
  l.w.run_for(seconds{1});
  CHECK(pair_of_ends::read(*other_far) == "x");
}

TEST_CASE(
    "NW7: a piece that is doubled or cut off is so in the middle of the stream, which goes on behind it") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    pair_of_ends l{seed};
    l.w.network().from_to("a", "b").duplicate_next = 1;
    const std::size_t first = pair_of_ends::write(*l.near, "abcdef");
    pair_of_ends::write_all(*l.near, "!");
    l.w.run_for(seconds{1});
    const std::string piece = std::string{"abcdef"}.substr(0, first);
    CHECK(pair_of_ends::read(*l.far) == piece + piece + "!");
    l.w.network().from_to("a", "b").truncate_next = 1;
    const std::size_t second = pair_of_ends::write(*l.near, "abcdef");
    pair_of_ends::write_all(*l.near, "!");
    l.w.run_for(seconds{1});
    const std::string got = pair_of_ends::read(*l.far);
    CHECK(got.size() < second + 1);  // at least a byte is missing
    CHECK(got == std::string{"abcdef"}.substr(0, got.size() - 1) + "!");
    pair_of_ends::write_all(*l.far, "the other way is whole");
    l.w.run_for(seconds{1});
    CHECK(pair_of_ends::read(*l.near) == "the other way is whole");
  }
}

}  // namespace sim_network_test
