// Strangers at the door of a node that works: very many, who say nothing, and who say what a peer has said before (R6, R7).
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "peers/order.hpp"
#include "peers/relay.hpp"

namespace peers_flood_test {

using namespace peers;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t mib = 1u << 20;

/// Sockets that were connected to a port, and when the other side closed them. They go with it.
class strangers {
 public:
  strangers(std::uint16_t port, std::size_t count) {
    const sockaddr_in at = loopback::address(port);
    for (std::size_t i = 0; i < count; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      REQUIRE(fd >= 0);
      all_.push_back({fd, POLLIN, 0});
      REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
      began_.push_back(steady::now());
      // Every second one begins to speak, and does not go on.
      if (i % 2 == 0) ::send(fd, "\x40", 1, MSG_NOSIGNAL);
    }
  }
  ~strangers() {
    for (const pollfd& one : all_) ::close(std::max(one.fd, -one.fd));
  }
  strangers(const strangers&) = delete;
  strangers& operator=(const strangers&) = delete;

  /// Waits until all were closed by the other side; how long the one that was let be for longest was open.
  std::chrono::milliseconds wait_until_closed() {
    std::chrono::milliseconds longest{0};
    const auto end = steady::now() + scenario::patience;
    for (std::size_t open = all_.size(); open > 0 && steady::now() < end;) {
      ::poll(all_.data(), all_.size(), 100);
      for (std::size_t i = 0; i < all_.size(); ++i) {
        if (all_[i].fd < 0 || all_[i].revents == 0) continue;
        char bytes[64];
        if (::recv(all_[i].fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;  // why it is turned away
        longest = std::max(longest,
                           std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - began_[i]));
        all_[i].fd = -all_[i].fd;  // poll passes it over
        --open;
      }
    }
    closed_ = std::all_of(all_.begin(), all_.end(), [](const pollfd& one) { return one.fd < 0; });
    return longest;
  }
  bool all_closed() const noexcept { return closed_; }

 private:
  std::vector<pollfd> all_;
  std::vector<steady::time_point> began_;
  bool closed_ = false;
};

std::size_t sockets_allowed() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return std::min<std::size_t>(10'000, files.rlim_cur > 500 ? files.rlim_cur - 400 : 100);
}

}  // namespace

TEST_CASE(
    "R6: 10,000 sockets that say nothing are closed in their time, cost little, and the peer is served "
    "meanwhile") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    pair nodes{{.tls = tls}};
    crew all{nodes.one(), 2, 4};
    nodes.start();
    REQUIRE(all.depend_now());
    all.wait_for_answers(200);
    const std::size_t before = nodes.two().peak_resident_bytes();
    const std::size_t wanted = sockets_allowed();
    if (wanted < 10'000) MESSAGE("the limit of open files allows " << wanted << " connections only");
    const auto began = steady::now();
    strangers crowd{nodes.port_two(), wanted};
    all.wait_for_answers(200);
    const auto longest = crowd.wait_until_closed();
    CHECK(crowd.all_closed());
    all.wait_for_answers(200);
    const std::size_t cost = nodes.two().peak_resident_bytes() - before;
    MESSAGE(wanted << " sockets in " << std::chrono::duration<double>(steady::now() - began).count()
                   << " s; the longest was open for " << longest.count() << " ms; they cost " << cost / 1024
                   << " KiB");
    CHECK(cost < 32 * mib);
    CHECK(all.heard->count_all("") == 0);  // the peer was not lost for it
    // It can be met anew.
    nodes.kill();
    all.wait_for_ends(1);
    nodes.start();
    all.wait_for_answers(40);
    check_order(nodes, all);
  }
}

TEST_CASE(
    "R7: all that a peer has said over TLS, said again by somebody else, is nothing but a refused "
    "connection") {
  relay between;
  pair nodes{{.tls = true, .dial_two_at = between.port()}};
  between.leads_to(nodes.port_two());
  crew all{nodes.one(), 1, 2};
  nodes.start();
  REQUIRE(all.depend_now());
  all.wait_for_answers(40);
  all.come_to_rest();
  const std::uint64_t entries = read_ledger(nodes.ledger()).entries;
  const std::string said = between.said_by_first();
  REQUIRE(said.size() > 10'000);
  const std::size_t from = nodes.two().output().size();
  for (int i = 0; i < 5; ++i) {
    CAPTURE(i);
    // Whole, and cut where the handshake is over or so.
    const std::string answer = say_to(nodes.port_two(), said.substr(0, i == 0 ? said.size() : 400u * i));
    CHECK(answer.find("troupe:n2") ==
          std::string::npos);  // its certificate; shorter words are found in any cipher text
  }
  nodes.two().wait_for_output("peer_refused", from);
  CHECK(read_ledger(nodes.ledger()).entries == entries);
  all.sent->paused = false;
  all.wait_for_answers(40);  // who was there is served as before
  CHECK(all.heard->count_all("") == 0);
}

}  // namespace peers_flood_test
