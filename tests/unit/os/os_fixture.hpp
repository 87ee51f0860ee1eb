// What the tests of this room share: a platform whose driver the test's own thread turns, and a connected
// pair.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <troupe/os/os_platform.hpp>
#include <tuple>
#include <utility>

namespace troupe::os_test {

using stream_ptr = std::unique_ptr<port::stream>;

/// The longest a test waits for something that must happen; only a broken one ever waits that long.
inline constexpr duration patience = seconds{20};

/// One platform, driven by the calling thread.
struct bench {
  std::unique_ptr<port::platform> platform = make_os_platform();

  /// Turns the driver until `done` holds; whether it came to hold.
  template <class Done>
  bool drive_until(Done done) {
    const auto limit = after(platform->clock().now(), patience);
    while (!done()) {
      if (platform->clock().now() >= limit) return false;
      platform->driver().wait_until(limit);
    }
    return true;
  }

  /// Runs what is ready now.
  std::size_t poll() { return platform->driver().poll(); }

  /// Listens on a free port.
  std::unique_ptr<port::acceptor> listen(const std::string& host = "127.0.0.1") {
    auto at = platform->transport().listen({host, 0});
    REQUIRE(at.has_value());
    return std::move(at.value());
  }

  /// Connects and waits for the outcome.
  result<stream_ptr> connect(const port::endpoint& to, duration timeout = patience) {
    result<stream_ptr> got = error{errc::broken_promise};
    int runs = 0;
    platform->transport().connect(to, timeout, [&](result<stream_ptr> r) {
      got = std::move(r);
      ++runs;
    });
    CHECK(runs == 0);  // never inside connect itself
    REQUIRE(drive_until([&] { return runs > 0; }));
    poll();
    CHECK(runs == 1);
    return got;
  }

  /// Accepts one connection and waits for the outcome.
  result<stream_ptr> accept(port::acceptor& from) {
    result<stream_ptr> got = error{errc::broken_promise};
    int runs = 0;
    from.accept([&](result<stream_ptr> r) {
      got = std::move(r);
      ++runs;
    });
    CHECK(runs == 0);
    REQUIRE(drive_until([&] { return runs > 0; }));
    CHECK(runs == 1);
    return got;
  }

  /// Two ends of one connection: the one that connected, the one that accepted.
  std::pair<stream_ptr, stream_ptr> pair() {
    auto at = listen();
    auto near = connect(at->local());
    REQUIRE(near.has_value());
    auto far = accept(*at);
    REQUIRE(far.has_value());
    return {std::move(near.value()), std::move(far.value())};
  }
};

/// Remembers the outcomes of a ready handler.
struct outcome {
  int runs = 0;
  result<void> last = error{errc::broken_promise};

  /// A handler that writes here; this object must outlive it.
  port::ready_handler handler() {
    return [this](result<void> r) {
      ++runs;
      last = std::move(r);
    };
  }
  /// Whether it ran, with `code`.
  bool failed_with(errc code) const { return runs == 1 && last.has_error() && last.error().code == code; }
};

/// Text as the bytes that a stream or file takes.
inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

/// A directory of its own that is gone afterwards.
struct temporary_directory {
  std::string path;

  temporary_directory() {
    auto name = (std::filesystem::temp_directory_path() / "troupe-os-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  std::string operator/(const std::string& name) const { return path + "/" + name; }
};

}  // namespace troupe::os_test
