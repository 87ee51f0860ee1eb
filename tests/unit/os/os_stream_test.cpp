#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <vector>

#include "os_fixture.hpp"

namespace os_stream_test {

using namespace troupe;
using namespace troupe::os_test;

namespace {

// Writes until the socket takes no more; the bytes written.
std::size_t fill(port::stream& s) {
  const std::vector<std::byte> block(64 << 10, std::byte{1});
  std::size_t sent = 0;
  for (;;) {
    const auto put = s.write_some(block);
    if (put.has_error()) {
      CHECK(put.error().code == errc::would_block);
      return sent;
    }
    sent += put.value();
  }
}

// Reads until there is nothing more; the bytes read.
std::size_t drain(port::stream& s) {
  std::vector<std::byte> block(64 << 10);
  std::size_t got = 0;
  for (;;) {
    const auto some = s.read_some(block);
    if (some.has_error() || some.value() == 0) return got;
    got += some.value();
  }
}

}  // namespace

TEST_CASE("T1: a callback never runs inside the call that asks for it, only inside the driver") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  outcome readable, writable;
  REQUIRE(far->write_some(bytes_of("ready before the wait")).has_value());
  near->wait_readable(readable.handler());
  near->wait_writable(writable.handler());
  CHECK(readable.runs == 0);
  CHECK(writable.runs == 0);
  CHECK(b.drive_until([&] { return readable.runs + writable.runs == 2; }));
}

TEST_CASE("T4: what is read into two places fills the first before the second") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  REQUIRE(near->scatters());
  std::array<std::byte, 4> first{};
  std::array<std::byte, 8> second{};
  CHECK(near->read_scattered(first, second).error().code == errc::would_block);
  const auto send_and_read = [&](const char* text) {
    REQUIRE(far->write_some(bytes_of(text)).has_value());
    outcome readable;
    near->wait_readable(readable.handler());
    REQUIRE(b.drive_until([&] { return readable.runs == 1; }));
    return near->read_scattered(first, second);
  };
  CHECK(send_and_read("abcdefg").value() == 7);
  CHECK(std::string_view{reinterpret_cast<const char*>(first.data()), 4} == "abcd");
  CHECK(std::string_view{reinterpret_cast<const char*>(second.data()), 3} == "efg");
  CHECK(send_and_read("xy").value() == 2);
  CHECK(std::string_view{reinterpret_cast<const char*>(first.data()), 4} == "xycd");
  CHECK(near->read_scattered({}, second).error().code == errc::would_block);
  far->close();
  outcome readable;
  near->wait_readable(readable.handler());
  REQUIRE(b.drive_until([&] { return readable.runs == 1; }));
  CHECK(near->read_scattered(first, second).value() == 0);
  near->close();
  CHECK(near->read_scattered(first, second).error().code == errc::closed);
}

TEST_CASE("T1: a callback may start the next wait, and may destroy its stream") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  REQUIRE(far->write_some(bytes_of("x")).has_value());
  int runs = 0;
  near->wait_readable([&](result<void> first) {
    CHECK(first.has_value());
    ++runs;
    near->wait_readable([&](result<void> second) {
      CHECK(second.has_value());
      ++runs;
      near.reset();
    });
  });
  CHECK(b.drive_until([&] { return runs == 2; }));
  CHECK(near == nullptr);
}

TEST_CASE(
    "what the network does not take stays with who writes: the kernel takes 128 KiB of it, from either "
    "side") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  // What the other side has room for, as if the network had taken it, is 64 KiB here. The kernel would take 2.5 MB.
  constexpr std::size_t most = 512 << 10;
  CHECK(fill(*near) <= most);
  CHECK(fill(*far) <= most);
  CHECK(fill(*near) == 0);
}

TEST_CASE("T2: one readable and one writable wait are outstanding together and do not disturb each other") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  fill(*near);
  outcome readable, writable;
  near->wait_readable(readable.handler());
  near->wait_writable(writable.handler());
  CHECK(b.poll() == 0);
  REQUIRE(far->write_some(bytes_of("x")).has_value());
  CHECK(b.drive_until([&] { return readable.runs == 1; }));
  CHECK(writable.runs == 0);
  CHECK(b.drive_until([&] {
    drain(*far);
    b.poll();
    return writable.runs == 1;
  }));
  CHECK(readable.runs == 1);
  CHECK(writable.last.has_value());
}

TEST_CASE("T2: a second wait in the same direction is an abort") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    std::fclose(stderr);
    bench b;
    stream_ptr near, far;
    std::tie(near, far) = b.pair();
    near->wait_readable([](result<void>) {});
    near->wait_readable([](result<void>) {});
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE(
    "T3: closing runs outstanding callbacks once, with closed, inside the driver and never inside close") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  fill(*near);
  outcome readable, writable;
  near->wait_readable(readable.handler());
  near->wait_writable(writable.handler());
  near->close();
  near->close();
  CHECK(readable.runs + writable.runs == 0);
  CHECK(b.poll() == 2);
  CHECK(readable.failed_with(errc::closed));
  CHECK(writable.failed_with(errc::closed));
  CHECK(b.poll() == 0);
}

TEST_CASE("T3: a stream that was ready and then closed before the callback ran reports closed") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  REQUIRE(far->write_some(bytes_of("x")).has_value());
  // Both directions are ready in one look at the sockets; whichever callback comes first closes the stream.
  std::vector<result<void>> outcomes;
  const auto note_and_close = [&](result<void> r) {
    outcomes.push_back(std::move(r));
    near->close();
  };
  near->wait_readable(note_and_close);
  near->wait_writable(note_and_close);
  REQUIRE(b.drive_until([&] { return outcomes.size() == 2; }));
  CHECK(outcomes[0].has_value());
  REQUIRE(outcomes[1].has_error());
  CHECK(outcomes[1].error().code == errc::closed);
}

TEST_CASE("T3: destroying a stream with outstanding waits runs their callbacks once with closed") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  outcome readable;
  near->wait_readable(readable.handler());
  near.reset();
  CHECK(readable.runs == 0);
  CHECK(b.poll() == 1);
  CHECK(readable.failed_with(errc::closed));
}

TEST_CASE("T3: on a closed stream every call says closed") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  near->close();
  std::array<std::byte, 8> room{};
  CHECK(near->read_some(room).error().code == errc::closed);
  CHECK(near->write_some(room).error().code == errc::closed);
  outcome readable, writable;
  near->wait_readable(readable.handler());
  near->wait_writable(writable.handler());
  CHECK(readable.runs + writable.runs == 0);
  CHECK(b.drive_until([&] { return readable.runs + writable.runs == 2; }));
  CHECK(readable.failed_with(errc::closed));
  CHECK(writable.failed_with(errc::closed));
}

TEST_CASE("T4: read_some gives what is there, would_block when there is nothing, 0 at the orderly end") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  std::array<std::byte, 16> room{};
  CHECK(near->read_some(room).error().code == errc::would_block);

  REQUIRE(far->write_some(bytes_of("hello")).value() == 5);
  outcome readable;
  near->wait_readable(readable.handler());
  REQUIRE(b.drive_until([&] { return readable.runs == 1; }));
  CHECK(near->read_some(room).value() == 5);
  CHECK(near->read_some(room).error().code == errc::would_block);

  far->close();
  outcome ended;
  near->wait_readable(ended.handler());
  REQUIRE(b.drive_until([&] { return ended.runs == 1; }));
  CHECK(ended.last.has_value());  // the end is something to read
  CHECK(near->read_some(room).value() == 0);
  CHECK(near->read_some(room).value() == 0);
}

TEST_CASE("T4: an empty buffer is a mistake when reading, since 0 means the end, and nothing when writing") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  CHECK(near->read_some({}).error().code == errc::invalid);
  CHECK(near->write_some({}).value() == 0);
}

TEST_CASE("a wait for bytes that are only partly read is ready at once again") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  REQUIRE(far->write_some(bytes_of("ab")).value() == 2);
  for (int i = 0; i < 2; ++i) {
    outcome readable;
    near->wait_readable(readable.handler());
    REQUIRE(b.drive_until([&] { return readable.runs == 1; }));
    std::byte one[1];
    CHECK(near->read_some(one).value() == 1);
  }
}

TEST_CASE("a big transfer with push-back arrives whole: the writer sees would_block and waits for room") {
  constexpr std::size_t total = 8u << 20;
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  std::vector<std::byte> sent(total);
  for (std::size_t i = 0; i < total; ++i) sent[i] = static_cast<std::byte>((i * 31 + i / 4096) & 0xff);
  std::vector<std::byte> got;
  got.reserve(total);
  std::size_t put = 0;
  int blocked = 0;
  bool failed_writing = false;

  std::function<void()> write = [&] {
    while (put < total) {
      const auto some = near->write_some(std::span{sent}.subspan(put));
      if (some.has_value()) {
        put += some.value();
        continue;
      }
      if (some.error().code != errc::would_block) {
        failed_writing = true;
        return;
      }
      ++blocked;
      near->wait_writable([&](result<void>) { write(); });
      return;
    }
    near->close();
  };
  bool over = false;
  std::function<void()> read = [&] {
    std::array<std::byte, 10000> room;
    const auto some = far->read_some(room);
    if (some.has_value() && some.value() == 0) {
      over = true;
      return;
    }
    if (some.has_value())
      got.insert(got.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(some.value()));
    far->wait_readable([&](result<void>) { read(); });
  };
  write();
  read();
  CHECK(b.drive_until([&] { return over || failed_writing; }));
  CHECK_FALSE(failed_writing);
  CHECK(blocked > 0);
  CHECK(got == sent);
}

TEST_CASE("writing to a peer that is gone is an error, not a SIGPIPE") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  auto* previous = std::signal(SIGPIPE, SIG_DFL);
  far->close();
  bool refused = false;
  // The first write may still be taken; the peer's answer to it ends the stream.
  REQUIRE(b.drive_until([&] {
    const auto put = near->write_some(bytes_of("x"));
    refused = put.has_error() && put.error().code == errc::io;
    b.platform->driver().interrupt();
    return refused;
  }));
  CHECK(near->write_some(bytes_of("x")).error().text.find(near->peer()) != std::string::npos);
  std::signal(SIGPIPE, previous);
}

TEST_CASE("a stream names its peer") {
  bench b;
  auto at = b.listen();
  auto near = b.connect(at->local());
  auto far = b.accept(*at);
  CHECK(near.value()->peer() == port::to_string(at->local()));
  CHECK(far.value()->peer().starts_with("127.0.0.1:"));
  CHECK(far.value()->peer() != near.value()->peer());
}

}  // namespace os_stream_test
