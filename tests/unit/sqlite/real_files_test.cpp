#include <doctest/doctest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <troupe/os/os_clock.hpp>
#include <troupe/os/os_entropy.hpp>
#include <troupe/os/os_files.hpp>

#include "world.hpp"

namespace sqlite_real_files_test {

using namespace troupe;
using namespace troupe::test;
using sqlite::durability;

namespace {

/// A directory on the real disk, removed at the end, and the operating system's ports.
struct real_world {
  real_world() {
    std::string pattern = (std::filesystem::temp_directory_path() / "troupe-sqlite-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()));
    directory = pattern;
  }
  ~real_world() {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }

  std::string path() const { return directory + "/kv.db"; }

  sqlite::options options(durability durable = durability::full) const {
    return {.path = path(), .files = *files, .clock = *clock, .entropy = *entropy, .durable = durable};
  }

  std::string directory;
  std::unique_ptr<port::files> files = os::make_files();
  std::unique_ptr<port::clock> clock = os::make_clock();
  std::unique_ptr<port::entropy> entropy = os::make_entropy();
};

/// Runs `sql` on `path` as any other program would, with SQLite's own VFS; returns SQLite's code.
int as_another_program(const std::string& path, const char* sql) {
  sqlite3* other = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &other, SQLITE_OPEN_READWRITE, nullptr);
  if (code == SQLITE_OK) code = sqlite3_exec(other, sql, nullptr, nullptr, nullptr);
  sqlite3_close(other);
  return code;
}

}  // namespace

TEST_CASE("on the real disk a database keeps its commits, and a second owner is refused") {
  real_world w;
  for (const auto durable : {durability::full, durability::normal, durability::off}) {
    auto db = need(sqlite::open(w.options(durable)));
    need(db.exec("CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES(1)"));
    const auto e = need_error(sqlite::open(w.options(durable)));
    CHECK(e.code == errc::already_exists);
    CHECK(e.text.find("in use by another process") != std::string::npos);
  }
  auto db = need(sqlite::open(w.options()));
  CHECK(one(db, "SELECT count(*) FROM t") == "3");
  CHECK(one(db, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("on the real disk the lock holds against other programs, and the file is an ordinary database") {
  real_world w;
  {
    auto db = need(sqlite::open(w.options()));
    need(db.exec("CREATE TABLE t(x)"));
    CHECK(as_another_program(w.path(), "SELECT * FROM t") == SQLITE_BUSY);
    need(db.exec("INSERT INTO t VALUES(1)"));
  }
  CHECK(as_another_program(w.path(), "INSERT INTO t VALUES(2)") == SQLITE_OK);
  auto db = need(sqlite::open(w.options()));
  CHECK(one(db, "SELECT group_concat(x) FROM t") == "1,2");
}

TEST_CASE("on the real disk a process that dies loses no commit and leaves no lock") {
  real_world w;
  const pid_t child = ::fork();
  if (child == 0) {
    auto db = sqlite::open(w.options(durability::off));
    bool fine = db && db->exec("CREATE TABLE t(x)");
    for (int i = 0; i < 20 && fine; ++i) fine = db->exec("INSERT INTO t VALUES(1)").has_value();
    if (fine) fine = db->exec("BEGIN; INSERT INTO t VALUES(2)").has_value();
    ::_exit(fine ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  auto db = need(sqlite::open(w.options()));
  CHECK(one(db, "SELECT count(*) FROM t") == "20");
}

TEST_CASE("on the real disk a missing directory and a directory in the file's place are errors that say so") {
  real_world w;
  auto with = w.options();
  with.path = w.directory + "/none/kv.db";
  CHECK(need_error(sqlite::open(with)).code == errc::not_found);
  auto other = w.options();
  other.path = w.directory;
  const auto e = need_error(sqlite::open(other));
  CHECK(e.text.find(w.directory) != std::string::npos);
}

}  // namespace sqlite_real_files_test
