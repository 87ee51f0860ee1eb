#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "world.hpp"

namespace sqlite_database_test {

using namespace troupe;
using namespace troupe::test;
using sqlite::stepped;

TEST_CASE("a new database keeps what was committed, across close and open") {
  world w;
  {
    auto db = need(sqlite::open(w.options()));
    need(db.exec("CREATE TABLE kv(key TEXT PRIMARY KEY, value BLOB); CREATE INDEX by_value ON kv(value)"));
    auto put = need(db.prepare("INSERT INTO kv VALUES(?1, ?2)"));
    auto all = need(db.begin());
    need(put.bind_text(1, "ada").bind_blob(2, std::string_view("\0\1\2", 3)).run());
    need(put.bind_text(1, "bob").bind_blob(2, "").run());
    need(all.commit());
    CHECK(db.changes() == 1);
    CHECK(db.last_insert_id() == 2);
    CHECK(db.path() == "/data/kv.db");
  }
  auto db = need(sqlite::open(w.options()));
  auto get = need(db.prepare("SELECT key, value FROM kv ORDER BY key"));
  REQUIRE(need(get.step()) == stepped::row);
  CHECK(get.columns() == 2);
  CHECK(get.get_text(0) == "ada");
  CHECK(get.get_blob(1) == std::string_view("\0\1\2", 3));
  REQUIRE(need(get.step()) == stepped::row);
  CHECK(get.get_text(0) == "bob");
  CHECK_FALSE(get.is_null(1));
  CHECK(get.get_blob(1).empty());
  CHECK(need(get.step()) == stepped::done);
}

TEST_CASE("a closed database is one file beside nothing that can grow") {
  world w;
  { need(need(sqlite::open(w.options())).exec("CREATE TABLE t(x)")); }
  const auto names = w.files.names();
  CHECK(std::find(names.begin(), names.end(), "/data/kv.db-wal") == names.end());
  CHECK(std::find(names.begin(), names.end(), "/data/kv.db-shm") == names.end());
  CHECK(w.files.content("/data/kv.db-journal").size() <= 4096 * 3);
}

TEST_CASE("every kind of value comes back as it was bound") {
  world w;
  auto db = need(sqlite::open(w.options()));
  auto echo = need(db.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6"));
  echo.bind_int(1, INT64_MIN).bind_real(2, 0.5).bind_text(3, "\u00e9").bind_blob(4, {}).bind_null(5);
  REQUIRE(need(echo.step()) == stepped::row);
  CHECK(echo.get_int(0) == INT64_MIN);
  CHECK(echo.get_real(1) == 0.5);
  CHECK(echo.get_text(2) == "\u00e9");
  CHECK_FALSE(echo.is_null(3));
  CHECK(echo.is_null(4));
  CHECK(echo.is_null(5));
  CHECK(echo.is_null(6));
  CHECK(echo.get_text(4).empty());
}

TEST_CASE("P2: a reset forgets bindings, so no view is used after its time") {
  world w;
  auto db = need(sqlite::open(w.options()));
  auto echo = need(db.prepare("SELECT ?1"));
  {
    const std::string short_lived(100, 'x');
    sqlite::reset_guard guard(echo);
    REQUIRE(need(echo.bind_text(1, short_lived).step()) == stepped::row);
    CHECK(echo.get_text(0) == short_lived);
  }
  REQUIRE(need(echo.step()) == stepped::row);
  CHECK(echo.is_null(0));
  REQUIRE(need(echo.step()) == stepped::done);
  REQUIRE(need(echo.bind_int(1, 7).step()) == stepped::row);
  CHECK(echo.get_int(0) == 7);
}

TEST_CASE("P3: a mistake in binding is returned by the step, and the statement is not run") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(db.exec("CREATE TABLE t(x)"));
  auto put = need(db.prepare("INSERT INTO t VALUES(?1)"));
  const auto e = need_error(put.bind_int(1, 1).bind_int(2, 2).run());
  CHECK(e.code == errc::invalid);
  CHECK(e.text.find("/data/kv.db") != std::string::npos);
  CHECK(one(db, "SELECT count(*) FROM t") == "0");
  need(put.bind_int(1, 1).run());
  CHECK(one(db, "SELECT count(*) FROM t") == "1");
}

TEST_CASE("Q5: a mistake in SQL is invalid and shows the words") {
  world w;
  auto db = need(sqlite::open(w.options()));
  CHECK(need_error(db.exec("SELEC 1")).code == errc::invalid);
  const auto e = need_error(db.prepare("SELECT missing FROM nowhere"));
  CHECK(e.code == errc::invalid);
  CHECK(e.text.find("nowhere") != std::string::npos);
  CHECK(need_error(db.prepare("")).code == errc::invalid);
  CHECK(need_error(db.prepare("-- nothing")).code == errc::invalid);
}

TEST_CASE("prepare refuses a second statement instead of dropping it") {
  world w;
  auto db = need(sqlite::open(w.options()));
  CHECK(need_error(db.prepare("SELECT 1; SELECT 2")).code == errc::invalid);
  CHECK(need_error(db.prepare("SELECT 1; nonsense")).code == errc::invalid);
  need(db.prepare("SELECT 1; -- a comment\n  "));
}

TEST_CASE("Q5: a taken key is already_exists, another broken constraint is invalid") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(
      db.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE, c CHECK(c > 0)); INSERT INTO t VALUES(1, "
              "'x', 1)"));
  CHECK(need_error(db.exec("INSERT INTO t VALUES(1, 'y', 1)")).code == errc::already_exists);
  CHECK(need_error(db.exec("INSERT INTO t VALUES(2, 'x', 1)")).code == errc::already_exists);
  CHECK(need_error(db.exec("INSERT INTO t VALUES(2, 'y', 0)")).code == errc::invalid);
}

TEST_CASE("a transaction that is dropped or rolled back leaves nothing") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(db.exec("CREATE TABLE t(x)"));
  {
    auto t = need(db.begin());
    need(db.exec("INSERT INTO t VALUES(1)"));
  }
  CHECK(one(db, "SELECT count(*) FROM t") == "0");
  auto t = need(db.begin());
  need(db.exec("INSERT INTO t VALUES(1)"));
  need(t.rollback());
  CHECK(need_error(t.commit()).code == errc::invalid);
  CHECK(need_error(t.rollback()).code == errc::invalid);
  CHECK(one(db, "SELECT count(*) FROM t") == "0");
}

TEST_CASE("a second transaction at the same time is invalid and does not hurt the first") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(db.exec("CREATE TABLE t(x)"));
  auto t = need(db.begin());
  need(db.exec("INSERT INTO t VALUES(1)"));
  CHECK(need_error(db.begin()).code == errc::invalid);
  need(t.commit());
  CHECK(one(db, "SELECT count(*) FROM t") == "1");
}

TEST_CASE("C3: after SQLite has undone a transaction nothing more runs in it and its commit fails") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(db.exec("CREATE TABLE t(x UNIQUE); INSERT INTO t VALUES(1)"));
  auto t = need(db.begin());
  need(db.exec("INSERT INTO t VALUES(2)"));
  CHECK(need_error(db.exec("INSERT OR ROLLBACK INTO t VALUES(1)")).code == errc::already_exists);
  auto put = need(db.prepare("INSERT INTO t VALUES(3)"));
  CHECK(need_error(put.run()).code == errc::already_exists);
  CHECK(need_error(db.exec("INSERT INTO t VALUES(4)")).code == errc::already_exists);
  CHECK(need_error(t.commit()).code == errc::already_exists);
  CHECK(one(db, "SELECT group_concat(x) FROM t") == "1");
  need(put.run());
  CHECK(one(db, "SELECT group_concat(x) FROM t") == "1,3");
}

TEST_CASE(
    "a commit while rows are still being written fails, undoes everything, and is not blamed on another "
    "process") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(db.exec("CREATE TABLE t(x)"));
  auto put = need(db.prepare("INSERT INTO t VALUES(1),(2) RETURNING x"));
  auto t = need(db.begin());
  REQUIRE(need(put.step()) == stepped::row);
  const auto e = need_error(t.commit());
  CHECK(e.code == errc::invalid);
  CHECK(e.text.find("another process") == std::string::npos);
  put.reset();
  CHECK(one(db, "SELECT count(*) FROM t") == "0");
}

TEST_CASE("C1: statements and transactions keep the file open, in whatever order all go") {
  world w;
  std::optional<sqlite::database> db(need(sqlite::open(w.options())));
  need(db->exec("CREATE TABLE t(x)"));
  std::optional<sqlite::statement> query(need(db->prepare("SELECT count(*) FROM t")));
  std::optional<sqlite::transaction> t(need(db->begin()));
  need(db->exec("INSERT INTO t VALUES(1)"));
  db.reset();
  CHECK(need_error(sqlite::open(w.options())).code == errc::already_exists);
  REQUIRE(need(query->step()) == stepped::row);
  CHECK(query->get_int(0) == 1);
  query.reset();
  t.reset();
  auto again = need(sqlite::open(w.options()));
  CHECK(one(again, "SELECT count(*) FROM t") == "0");
}

TEST_CASE("statements can be moved, over each other too") {
  world w;
  auto db = need(sqlite::open(w.options()));
  auto a = need(db.prepare("SELECT 1"));
  auto b = need(db.prepare("SELECT 2"));
  a = std::move(b);
  auto c = std::move(a);
  REQUIRE(need(c.step()) == stepped::row);
  CHECK(c.get_int(0) == 2);
}

TEST_CASE("V1: one database is one file: nothing attaches, nothing is written elsewhere") {
  world w;
  auto db = need(sqlite::open(w.options()));
  need(db.exec("CREATE TABLE t(x)"));
  CHECK(need_error(db.exec("ATTACH '/data/other.db' AS o")).code == errc::invalid);
  CHECK(need_error(db.exec("ATTACH 'database' AS o")).code == errc::already_exists);
  CHECK(need_error(db.exec("VACUUM INTO '/data/copy.db'")).code == errc::invalid);
  for (const auto& name : w.files.names()) CHECK(name.substr(0, 11) == "/data/kv.db");
}

TEST_CASE("V1: large sorts, statement journals and VACUUM stay in memory") {
  world w;
  auto with = w.options(sqlite::durability::off);
  with.cache_bytes_max = 64 << 10;
  auto db = need(sqlite::open(with));
  need(db.exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)"));
  need(
      db.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 4000)"
              " INSERT INTO t SELECT i, hex(randomblob(100)) FROM n"));
  need(db.exec("CREATE INDEX tv ON t(v); UPDATE t SET v = v || 'x'; DELETE FROM t WHERE k % 2"));
  auto t = need(db.begin());
  CHECK(need_error(db.exec("UPDATE t SET k = CASE WHEN k < 3000 THEN k + 100000 ELSE 1 END")).code ==
        errc::already_exists);
  need(t.commit());
  need(db.exec("VACUUM"));
  CHECK(one(db, "SELECT count(*) FROM (SELECT DISTINCT v FROM t ORDER BY v DESC)") == "2000");
  CHECK(one(db, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("V6: the time and random numbers in SQL are the ports'") {
  world w, same;
  auto db = need(sqlite::open(w.options()));
  auto other = need(sqlite::open(same.options()));
  CHECK(one(db, "SELECT datetime('now')") == "2001-09-09 01:46:40");
  w.clock.wall_time += std::chrono::milliseconds{1500};
  CHECK(one(db, "SELECT strftime('%s %f', 'now')") == "1000000001 41.500");
  CHECK(one(db, "SELECT random()") == one(other, "SELECT random()"));
  CHECK(one(db, "SELECT hex(randomblob(11))") == one(other, "SELECT hex(randomblob(11))"));
  CHECK(one(db, "SELECT random() = random()") == "0");
  CHECK(one(db, "SELECT length(randomblob(-5))") == "1");
  CHECK(need_error(db.exec("SELECT randomblob(1 << 40)")).code == errc::invalid);
}

TEST_CASE("a path is only a path: no character of it means anything to SQLite") {
  world w;
  for (const char* path : {"/data/file:x?mode=memory", ":memory:", "/data/it's \"%\" here", "plain.db"}) {
    auto with = w.options();
    with.path = path;
    need(need(sqlite::open(with)).exec("CREATE TABLE t(x)"));
    CHECK(w.files.content(path).size() >= 4096);
  }
  auto with = w.options();
  with.path = "";
  CHECK(need_error(sqlite::open(with)).code == errc::invalid);
  with.path = std::string("/data/a\0b", 9);
  CHECK(need_error(sqlite::open(with)).code == errc::invalid);
}

TEST_CASE("options that make no sense are invalid; a missing directory is not found") {
  world w;
  auto with = w.options();
  with.wal_pages_max = 0;
  CHECK(need_error(sqlite::open(with)).code == errc::invalid);
  auto lost = w.options();
  lost.path = "/nowhere/kv.db";
  const auto e = need_error(sqlite::open(lost));
  CHECK(e.code == errc::not_found);
  CHECK(e.text.find("/nowhere/kv.db") != std::string::npos);
}

TEST_CASE("the log is brought home by itself and stays bounded, and on request it is emptied") {
  world w;
  auto with = w.options(sqlite::durability::normal);
  with.wal_pages_max = 20;
  auto db = need(sqlite::open(with));
  need(db.exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v)"));
  auto put = need(db.prepare("REPLACE INTO t VALUES(?1, randomblob(3000))"));
  std::size_t longest = 0;
  for (int i = 0; i < 300; ++i) {
    need(put.bind_int(1, i % 50).run());
    longest = std::max(longest, w.files.content("/data/kv.db-wal").size());
  }
  CHECK(longest < 60 * 4120);
  CHECK_FALSE(db.checkpoint_failure());
  need(db.checkpoint());
  CHECK(w.files.content("/data/kv.db-wal").empty());
}

TEST_CASE("P5: a statement in the middle of its rows delays the checkpoint, and that is no failure") {
  world w;
  auto with = w.options();
  with.wal_pages_max = 1;
  auto db = need(sqlite::open(with));
  need(db.exec("CREATE TABLE t(x); INSERT INTO t VALUES(1),(2)"));
  auto query = need(db.prepare("SELECT x FROM t"));
  {
    sqlite::reset_guard guard(query);
    REQUIRE(need(query.step()) == stepped::row);
    need(db.exec("INSERT INTO t VALUES(3)"));
    CHECK_FALSE(db.checkpoint_failure());
    CHECK(need_error(db.checkpoint()).code == errc::invalid);
  }
  need(db.checkpoint());
}

TEST_CASE("a database moves between threads, and two run in parallel") {
  world w;
  auto second = w.options();
  second.path = "/data/second.db";
  auto a = need(sqlite::open(w.options()));
  auto b = need(sqlite::open(second));
  const auto fill = [](sqlite::database& db, bool& fine) {
    fine = db.exec("CREATE TABLE t(x)").has_value();
    for (int i = 0; i < 50 && fine; ++i) fine = db.exec("INSERT INTO t VALUES(1)").has_value();
  };
  bool a_fine = false, b_fine = false;
  std::thread one_thread([&] { fill(a, a_fine); });
  std::thread other_thread([&] { fill(b, b_fine); });
  one_thread.join();
  other_thread.join();
  CHECK(a_fine);
  CHECK(b_fine);
  CHECK(one(a, "SELECT count(*) FROM t") == "50");
  CHECK(one(b, "SELECT count(*) FROM t") == "50");
}

}  // namespace sqlite_database_test
