// What goes wrong between troupe and what is, or is not, a CAF peer: each has its line, and nobody waits for ever.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "loopback.hpp"
#include "unit/basp/world.hpp"

namespace basp_failures_test {

using namespace basp_test;

namespace {

/// Listens, and says the same to whoever connects.
class fake_server {
 public:
  fake_server(std::string says, bool hangs_up) : says_(std::move(says)), hangs_up_(hangs_up) {
    const sockaddr_in at = loopback::address(port);
    const int yes = 1;
    ::setsockopt(listens_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    REQUIRE(::bind(listens_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(listens_, 8) == 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~fake_server() {
    ::shutdown(listens_, SHUT_RDWR);
    thread_.join();
    ::close(listens_);
    for (const int one : open_) ::close(one);
  }

  const std::uint16_t port = loopback::free_port();

 private:
  void serve() {
    for (;;) {
      const int one = ::accept(listens_, nullptr, nullptr);
      if (one < 0) return;
      ::send(one, says_.data(), says_.size(), MSG_NOSIGNAL);
      if (hangs_up_)
        ::close(one);
      else
        open_.push_back(one);
    }
  }

  const std::string says_;
  const bool hangs_up_;
  const int listens_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::vector<int> open_;
  std::thread thread_;
};

troupe::error why_not(world& w, const troupe::port::endpoint& at) {
  const auto found = troupe::basp_of(w.sys).connect<deposit>(at);
  REQUIRE(found.has_error());
  CHECK(found.error().text.find('\n') == std::string::npos);
  return found.error();
}

bool mentions(const troupe::error& why, const std::string& what) {
  return why.text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("BD3: a port that nobody listens at is unreachable, with its address") {
  world w;
  const auto port = loopback::free_port();
  const auto why = why_not(w, {"127.0.0.1", port});
  CHECK(why.code == errc::unreachable);
  CHECK(mentions(why, "127.0.0.1:" + std::to_string(port)));
}

TEST_CASE("BD3: who speaks something else, or hangs up, is refused with a line that says what is expected") {
  auto o = options();
  o.connect_timeout = 20s;
  world w{std::move(o)};
  for (const auto& [says, hangs_up] :
       {std::pair{std::string{"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"}, false},
        std::pair{std::string(64, 'x'), false}, std::pair{std::string{}, true}}) {
    fake_server there{says, hangs_up};
    const auto why = why_not(w, {"127.0.0.1", there.port});
    CAPTURE(says);
    CAPTURE(why.text);
    CHECK(why.code == errc::refused);
    CHECK(mentions(why, "127.0.0.1:" + std::to_string(there.port)));
    CHECK(mentions(why, "basp.applications"));
  }
}

TEST_CASE("BD1: who accepts and says nothing costs the time that was set, and others are found meanwhile") {
  auto o = options();
  o.connect_timeout = 200ms;
  world w{std::move(o)};
  fake_server silent{"", false};
  const auto why = why_not(w, {"127.0.0.1", silent.port});
  CHECK(why.code == errc::timeout);
  CHECK(mentions(why, "did not say a word of BASP"));
  plain_side p;
  CHECK(w.connect(p.serve()).ask(deposit{"ada", 3}, 20s).get().value() == 3);
}

TEST_CASE("a CAF program of another application is refused, from either side") {
  auto o = options();
  o.applications = {"bank"};
  world w{std::move(o)};
  plain_side shop{"shop"};
  const auto why = why_not(w, {"127.0.0.1", shop.serve()});
  CHECK(why.code == errc::refused);
  CHECK_FALSE(static_cast<bool>(shop.sys.middleman().remote_actor("127.0.0.1", w.publish())));
  plain_side bank{"bank"};
  CHECK(bank.ask<std::int64_t>(bank.find(w.publish()), plain::deposit{"ada", 3}) == "3");
  CHECK(w.connect(bank.serve()).ask(deposit{"ada", 4}, 20s).get().value() == 4);
}

TEST_CASE("BO1: to connect to another machine needs insecure = true; what is no TCP address is told so") {
  world w;
  const auto why = why_not(w, {"192.0.2.1", 4711});
  CHECK(why.code == errc::invalid);
  CHECK(mentions(why, "basp.insecure = true"));
  CHECK(mentions(why_not(w, {.path = "/run/x.sock"}), "unix:/run/x.sock is no such address"));
  CHECK(why_not(w, {"127.0.0.1", 0}).code == errc::invalid);
}

TEST_CASE("bytes that are no BASP at a published port cost their connection, and the others go on") {
  world w;
  plain_side p;
  const auto port = w.publish();
  const auto t = p.find(port);
  for (const std::string& says :
       {std::string(200, '\xff'), std::string(3, '\0'), std::string{"GET / HTTP/1.1\r\n\r\n"}}) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in at = loopback::address(port);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    ::send(fd, says.data(), says.size(), MSG_NOSIGNAL);
    ::shutdown(fd, SHUT_WR);
    char buffer[512];
    while (::recv(fd, buffer, sizeof buffer, 0) > 0) continue;  // the server's handshake, then its end
    ::close(fd);
  }
  CHECK(p.ask<std::int64_t>(t, plain::deposit{"ada", 3}) == "3");
}

TEST_CASE("M5: what is asked of the desk when the system goes down is answered") {
  auto o = options();
  o.connect_timeout = 60s;
  o.heartbeat_interval = 200ms;  // when CAF gives the connection up (MM3)
  fake_server silent{"", false};
  std::optional<troupe::future<troupe::any_ref>> asked;
  {
    world w{std::move(o)};
    asked = troupe::basp_of(w.sys).desk().ask(troupe::basp_connect{{"127.0.0.1", silent.port}, {}}, 60s);
    CHECK(w.publish() != 0);  // the desk has begun with it
  }
  CHECK(asked->get().has_error());
}

}  // namespace basp_failures_test
