// Two sides that meet over TLS, turned by the test's own thread.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "loopback.hpp"
#include "unit/os/tls_fixture.hpp"

namespace troupe::tls_test {

using namespace os_test;

inline std::unique_ptr<port::secure_transport> secure(bench& b, const port::credential_files& f) {
  auto made = b.platform->transport().secured(f);
  if (!made) MESSAGE(made.error().text);
  REQUIRE(made.has_value());
  return std::move(*made);
}

/// Two sides that meet: what the dialler got, what the accepter's first read came to.
struct meeting {
  bench b;
  std::unique_ptr<port::secure_transport> near, far;
  std::unique_ptr<port::acceptor> at;
  result<stream_ptr> dialled = error{errc::broken_promise};
  stream_ptr accepted;
  std::optional<result<std::size_t>> first;
  std::vector<std::byte> heard = std::vector<std::byte>(64 << 10);
  bool answered = false;

  meeting(const port::credential_files& n, const port::credential_files& f)
      : near(secure(b, n)), far(secure(b, f)) {
    auto made = far->listen({"127.0.0.1", 0});
    REQUIRE(made.has_value());
    at = std::move(*made);
  }

  void accept() {
    at->accept([this](result<stream_ptr> s) {
      REQUIRE(s.has_value());
      accepted = std::move(*s);
      read();
    });
  }
  void read() {
    accepted->wait_readable([this](result<void>) {
      auto got = accepted->read_some(heard);
      if (!got && got.error().code == errc::would_block) return read();
      first = std::move(got);
    });
  }
  void dial() {
    near->connect(at->local(), patience, [this](result<stream_ptr> s) {
      dialled = std::move(s);
      answered = true;
    });
  }
  /// A socket that is connected, on which the test speaks; the test's to close.
  int dial_plainly() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto to = loopback::address(at->local().port);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    return fd;
  }
  /// Both until the dialler knows.
  void meet() {
    accept();
    dial();
    REQUIRE(b.drive_until([&] { return answered; }));
  }
  /// The error that the dialler's stream ends with.
  error end_of_dialled() {
    std::vector<std::byte> into(1000);
    for (;;) {
      const auto got = (*dialled)->read_some(into);
      if (got) return *got == 0 ? error{errc::closed, "the end"} : error{errc::invalid, "bytes"};
      if (got.error().code != errc::would_block) return got.error();
      bool ready = false;
      (*dialled)->wait_readable([&](result<void>) { ready = true; });
      REQUIRE(b.drive_until([&] { return ready; }));
    }
  }
  /// What the accepter's first read fails with; the dialler hears of it too.
  error refusal() {
    REQUIRE(b.drive_until([&] { return first.has_value(); }));
    REQUIRE(first->has_error());
    return first->error();
  }
};

/// Whether it is a refusal that says `part`; prints it if not.
inline bool says(const error& e, const std::string& part) {
  const bool found = e.code == errc::refused && e.text.find(part) != std::string::npos;
  if (!found) MESSAGE(to_string(e));
  return found;
}

/// Bytes of which no two near each other are alike.
inline std::vector<std::byte> pattern(std::size_t n) {
  std::vector<std::byte> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::byte>(i * 7 + i / 253);
  return out;
}

}  // namespace troupe::tls_test
