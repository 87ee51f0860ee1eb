// Strangers at the door of a node that works: very many, who say nothing, and who say what a peer has said before (R6, R7).
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "peers/order.hpp"
#include "peers/relay.hpp"

namespace peers_flood_test {

using namespace peers;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t mib = 1u << 20;

/// What R6 gives a stranger; and what a busy machine may make of it.
constexpr std::chrono::seconds handshake_time_max{5};
constexpr auto late = 3 * handshake_time_max;

/// Connects to a port; -1: it is not there.
int connected(std::uint16_t port) {
  const sockaddr_in at = loopback::address(port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return fd;
  ::close(fd);
  return -1;
}

/// Sockets that were connected to a port, and when the other side closed them. They go with it.
class strangers {
 public:
  /// Each sends `front` and no more.
  strangers(std::uint16_t port, std::size_t count, std::string_view front) {
    connect(port, count, [front](std::size_t) { return front; });
  }
  /// Every second one begins to speak, and does not go on; the others say nothing.
  strangers(std::uint16_t port, std::size_t count) {
    connect(port, count,
            [](std::size_t i) { return i % 2 == 0 ? std::string_view{"\x40"} : std::string_view{}; });
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
  template <class Says>
  void connect(std::uint16_t port, std::size_t count, Says says) {
    const sockaddr_in at = loopback::address(port);
    for (std::size_t i = 0; i < count; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      REQUIRE(fd >= 0);
      all_.push_back({fd, POLLIN, 0});
      REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
      began_.push_back(steady::now());
      const std::string_view front = says(i);
      if (!front.empty()) ::send(fd, front.data(), front.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }

  std::vector<pollfd> all_;
  std::vector<steady::time_point> began_;
  bool closed_ = false;
};

/// Connections to a port that say nothing, more than have a place there, each of them made again as soon as it is closed. As long as it lives.
class siege {
 public:
  siege(std::uint16_t port, std::size_t count) : port_(port), count_(count), thread_([this] { run(); }) {}
  ~siege() {
    over_ = true;
    thread_.join();
  }
  siege(const siege&) = delete;
  siege& operator=(const siege&) = delete;
  /// Waits until so many connections more have been made.
  void wait_for(std::size_t more) const {
    const std::size_t wanted = made_ + more;
    scenario::wait_until("strangers at the door", [&] { return made_ >= wanted; });
  }

 private:
  static constexpr std::size_t at_a_time = 16;  // each 10 ms: all places anew several times in R6's 5 s

  void run() {
    std::vector<pollfd> open;
    while (!over_) {
      for (std::size_t i = 0; i < at_a_time && open.size() < count_; ++i) {
        const int fd = connected(port_);
        if (fd < 0) break;  // the node is not there at the moment
        open.push_back({fd, POLLIN, 0});
        ++made_;
      }
      ::poll(nullptr, 0, 10);
      ::poll(open.data(), open.size(), 0);
      std::erase_if(open, [](const pollfd& one) { return one.revents != 0 && ::close(one.fd) == 0; });
    }
    for (const pollfd& one : open) ::close(one.fd);
  }

  const std::uint16_t port_;
  const std::size_t count_;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> made_{0};
  std::thread thread_;
};

/// Sends `bytes` one by one, each a while after the one before; how many until the other side closed.
std::size_t drip(std::uint16_t port, std::string_view bytes, std::chrono::milliseconds pause) {
  pollfd one{connected(port), POLLIN, 0};
  REQUIRE(one.fd >= 0);
  std::size_t sent = 0;
  for (bool open = true; open && sent < bytes.size(); ++sent) {
    if (::send(one.fd, bytes.data() + sent, 1, MSG_NOSIGNAL) != 1) break;
    char answer[256];
    while (open && ::poll(&one, 1, static_cast<int>(pause.count())) > 0)
      open = ::recv(one.fd, answer, sizeof answer, MSG_DONTWAIT) > 0;  // why it is turned away
  }
  ::close(one.fd);
  return sent;
}

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
    CHECK(longest < late);
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
    "R6: strangers who say as much as a handshake may be, and not all of it, cost as much as have a place") {
  pair nodes{{}};
  crew all{nodes.one(), 2, 4};
  nodes.start();
  REQUIRE(all.depend_now());
  all.wait_for_answers(200);
  // A hello of 65,000 bytes, said to be there; the last thousands never come.
  std::string front{"\xe8\xfd\x00\x00\x01", 5};
  front.resize(60'000, 'x');
  const std::size_t before = nodes.two().peak_resident_bytes();
  const std::size_t wanted = std::min<std::size_t>(sockets_allowed(), 4'000);
  strangers crowd{nodes.port_two(), wanted, front};
  all.wait_for_answers(200);
  CHECK(crowd.wait_until_closed() < late);
  CHECK(crowd.all_closed());
  const std::size_t cost = nodes.two().peak_resident_bytes() - before;
  MESSAGE(wanted << " strangers with 60,000 bytes each cost " << cost / 1024 << " KiB");
  // 512 places of 64 KiB and what holds them, not 4,000.
  CHECK(cost < 80 * mib);
  all.wait_for_answers(200);
  CHECK(all.heard->count_all("") == 0);
}

TEST_CASE("N9, R6: a peer gets in though strangers hold every place at the door, and come again at once") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    pair nodes{{.tls = tls}};
    crew all{nodes.one(), 2, 4};
    nodes.start();
    REQUIRE(all.depend_now());
    const siege strangers{nodes.port_two(), 600};
    nodes.two().wait_for_output("node.strangers_max", 0);  // every place is taken
    all.wait_for_answers(200);
    CHECK(all.heard->count_all("") == 0);
    nodes.kill();
    all.wait_for_ends(1);
    nodes.start();
    nodes.two().wait_for_output("node.strangers_max", 0);
    strangers.wait_for(1000);
    REQUIRE(all.depend_now());
    all.wait_for_answers(200);
    check_order(nodes, all);
  }
}

TEST_CASE(
    "R6: who says his hello byte by byte is thrown out when his time is over, and nobody waits for him") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    pair nodes{{.tls = tls}};
    crew all{nodes.one(), 1, 2};
    nodes.start();
    // A frame of 64 bytes, or a record of 512: both would be whole long after.
    std::string front = tls ? std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}
                            : std::string{"\x40\x00\x00\x00\x01", 5};
    front.resize(60, '\0');
    const auto began = steady::now();
    const std::size_t sent = drip(nodes.port_two(), front, std::chrono::milliseconds{500});
    const auto took = steady::now() - began;
    MESSAGE("closed after " << sent << " bytes and "
                            << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
    CHECK(sent < front.size());
    CHECK(took > handshake_time_max / 2);  // it was not the bytes
    CHECK(took < late);
    all.wait_for_answers(40);
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
