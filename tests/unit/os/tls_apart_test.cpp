// A TLS stream that one thread writes while another reads it (TS5, TS6).
#include <algorithm>
#include <atomic>
#include <thread>

#include "unit/os/tls_meeting.hpp"

namespace os_tls_apart_test {

using namespace troupe;
using namespace troupe::os_test;
using namespace troupe::tls_test;

namespace {

/// Two sides that have proved to each other who they are.
struct met : meeting {
  met() : met(authority{}) {}
  explicit met(const authority& ca) : meeting(ca.issue("n1"), ca.issue("n2")) {
    meet();
    REQUIRE(dialled.has_value());
    REQUIRE((*dialled)->write_some(bytes_of("x")).has_value());
    REQUIRE(b.drive_until([&] { return first.has_value(); }));
    REQUIRE(first->has_value());
  }
  port::stream& near_end() { return **dialled; }
  port::stream& far_end() { return *accepted; }
};

/// Writes all of it; asks again where there is no room.
void write_all(port::stream& to, std::span<const std::byte> what, std::atomic<bool>& failed) {
  while (!what.empty() && !failed) {
    const auto put = to.write_some(what);
    if (put)
      what = what.subspan(*put);
    else if (put.error().code == errc::would_block)
      std::this_thread::yield();
    else
      failed = true;
  }
}

/// Reads until so many bytes have come; asks again where there is nothing.
std::vector<std::byte> read_all(port::stream& from, std::size_t bytes, std::atomic<bool>& failed) {
  std::vector<std::byte> got, into(100'000);
  while (got.size() < bytes && !failed) {
    const auto n = from.read_some(into);
    if (n && *n > 0)
      got.insert(got.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(*n));
    else if (!n && n.error().code == errc::would_block)
      std::this_thread::yield();
    else
      failed = true;
  }
  return got;
}

}  // namespace

TEST_CASE(
    "TS5, T1: a stream may be written by another thread from the end of its handshake on, and not before") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  REQUIRE(m.b.drive_until([&] { return m.accepted != nullptr; }));
  CHECK_FALSE(m.accepted->writes_apart());
  ::close(fd);
  met both;
  CHECK(both.near_end().writes_apart());
  CHECK(both.far_end().writes_apart());
}

TEST_CASE("TS5: both directions of both ends at a time carry what was sent, each by a thread of its own") {
  met m;
  const auto there = pattern(24u << 20);
  std::vector<std::byte> back = pattern(24u << 20);
  std::reverse(back.begin(), back.end());
  std::atomic<bool> failed{false};
  std::vector<std::byte> came_there, came_back;
  std::thread far_reads{[&] { came_there = read_all(m.far_end(), there.size(), failed); }};
  std::thread far_writes{[&] { write_all(m.far_end(), back, failed); }};
  std::thread near_writes{[&] { write_all(m.near_end(), there, failed); }};
  came_back = read_all(m.near_end(), back.size(), failed);
  near_writes.join();
  far_writes.join();
  far_reads.join();
  CHECK_FALSE(failed);
  CHECK(came_there == there);
  CHECK(came_back == back);
}

TEST_CASE(
    "TS6: what a read has to answer while another writes, new keys, is not lost and comes between records") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  const timeval limit{20, 0};
  for (const int direction : {SO_RCVTIMEO, SO_SNDTIMEO})
    ::setsockopt(fd, SOL_SOCKET, direction, &limit, sizeof limit);
  const auto who = ca.make({.uris = {"troupe:n1"}});
  bare_tls peer{fd, &who};
  constexpr int rounds = 200;
  const auto stream = pattern(16u << 20);
  std::atomic<bool> failed{false}, writes_on{true};
  std::vector<std::byte> came(stream.size());
  // The peer asks for new keys again and again while it reads what this side writes.
  std::thread asks{[&] {
    if (SSL_connect(peer.ssl.get()) != 1) failed = true;
    std::size_t at = 0;
    for (int i = 0; !failed && (at < came.size() || i < rounds); ++i) {
      if (i < rounds) SSL_key_update(peer.ssl.get(), SSL_KEY_UPDATE_REQUESTED);
      if (SSL_write(peer.ssl.get(), "x", 1) != 1) failed = true;
      const int some = static_cast<int>(std::min<std::size_t>(came.size() - at, 80'000));
      for (int n = 0, got = 0; n < some && !failed; n += got, at += static_cast<std::size_t>(got))
        if ((got = SSL_read(peer.ssl.get(), came.data() + at, some - n)) <= 0) failed = true;
    }
    SSL_shutdown(peer.ssl.get());
  }};
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  REQUIRE(m.first->has_value());
  std::thread writes{[&] {
    write_all(*m.accepted, stream, failed);
    writes_on = false;
  }};
  std::vector<std::byte> into(1000);
  for (bool open = true; open && !failed;) {
    const auto n = m.accepted->read_some(into);
    open = n ? *n > 0 : n.error().code == errc::would_block;
    if (!n && !open) failed = true;
  }
  writes.join();
  asks.join();
  CHECK_FALSE(failed);
  CHECK_FALSE(writes_on);
  CHECK(came == stream);
  ::close(fd);
}

}  // namespace os_tls_apart_test
