// What the tests of this room run a database in: a faulty disk, a clock that stands still, numbers from a
// seed.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <troupe/sqlite/database.hpp>
#include <utility>

#include "faulty_files.hpp"

namespace troupe::test {

/// A clock that stands until it is moved. Not thread-safe when moved.
class still_clock final : public port::clock {
 public:
  time_point now() const noexcept override { return time_point{}; }
  std::chrono::system_clock::time_point wall() const noexcept override { return wall_time; }

  std::chrono::system_clock::time_point wall_time{
      std::chrono::seconds{1'000'000'000}};  // 2001-09-09 01:46:40
};

/// Counts up from a seed. Thread-safe.
class counting_entropy final : public port::entropy {
 public:
  std::uint64_t next() noexcept override { return counter_.fetch_add(1) * 0x9e3779b97f4a7c15ull; }

 private:
  std::atomic<std::uint64_t> counter_{1};
};

/// One machine with one directory, `/data`.
struct world {
  explicit world(std::uint64_t seed = 1) : files(seed) { (void)files.make_directories("/data"); }

  /// The options for a database in it.
  sqlite::options options(sqlite::durability durable = sqlite::durability::full) {
    return {.path = "/data/kv.db", .files = files, .clock = clock, .entropy = entropy, .durable = durable};
  }

  faulty_files files;
  still_clock clock;
  counting_entropy entropy;
};

/// The value of `r`; the test ends with the error's text when it is one.
template <class T>
T need(result<T> r) {
  if (!r) FAIL(to_string(r.error()));
  return std::move(*r);
}
/// Ends the test with the error's text when `r` is one.
inline void need(result<void> r) {
  if (!r) FAIL(to_string(r.error()));
}

/// The error in `r`; the test ends when there is none.
template <class T>
error need_error(result<T> r) {
  if (r) FAIL("an error was expected");
  return r.error();
}

/// The first column of the first row of `sql` as text.
inline std::string one(sqlite::database& db, std::string_view sql) {
  auto query = need(db.prepare(sql));
  REQUIRE(need(query.step()) == sqlite::stepped::row);
  return std::string(query.get_text(0));
}

}  // namespace troupe::test
