#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "world.hpp"

namespace sqlite_fault_test {

using namespace troupe;
using namespace troupe::test;
using sqlite::durability;
using sqlite::stepped;

namespace {

bool says(const error& e, std::string_view words) { return e.text.find(words) != std::string::npos; }

/// A database with a table `t(k INTEGER PRIMARY KEY, v)`.
sqlite::database with_table(world& w, durability durable = durability::full) {
  auto db = need(sqlite::open(w.options(durable)));
  need(db.exec("CREATE TABLE IF NOT EXISTS t(k INTEGER PRIMARY KEY, v)"));
  return db;
}

/// Ends the owner of `db` without a word, and its machine as `how` says.
void crash(world& w, std::optional<sqlite::database>& db, stop_kind how) {
  w.files.stop();
  db.reset();
  w.files.restart(how);
}

/// Writes `content` over what is at `offset` of the main file, behind the database's back.
void overwrite(world& w, std::uint64_t offset, std::string_view content) {
  auto f = need(w.files.open("/data/kv.db", {}));
  need(f->write_at(offset, {reinterpret_cast<const std::byte*>(content.data()), content.size()}));
}

/// Files whose every operation throws once `armed`: no port should, and SQLite, being C, could not bear it.
class throwing_files final : public port::files {
 public:
  explicit throwing_files(port::files& under) : under_(under) {}
  bool armed = false;

  result<std::unique_ptr<port::file>> open(const std::string& path, port::open_mode mode) override {
    auto opened = under_.open(path, mode);
    if (!opened) return opened;
    return std::unique_ptr<port::file>(new handle(*this, std::move(*opened)));
  }
  result<void> rename(const std::string& a, const std::string& b) override {
    return pass().under_.rename(a, b);
  }
  result<void> remove(const std::string& path) override { return pass().under_.remove(path); }
  result<bool> exists(const std::string& path) override { return pass().under_.exists(path); }
  result<void> make_directories(const std::string& path) override {
    return pass().under_.make_directories(path);
  }
  result<void> sync_dir(const std::string& path) override { return pass().under_.sync_dir(path); }

 private:
  class handle final : public port::file {
   public:
    handle(throwing_files& owner, std::unique_ptr<port::file> under)
        : owner_(owner), under_(std::move(under)) {}
    result<std::size_t> read_at(std::uint64_t at, std::span<std::byte> into) override {
      return pass().read_at(at, into);
    }
    result<void> write_at(std::uint64_t at, std::span<const std::byte> from) override {
      return pass().write_at(at, from);
    }
    result<void> truncate(std::uint64_t size) override { return pass().truncate(size); }
    result<void> sync() override { return pass().sync(); }
    result<std::uint64_t> size() override { return pass().size(); }
    result<void> lock() override { return pass().lock(); }

   private:
    port::file& pass() { return owner_.pass(), *under_; }
    throwing_files& owner_;
    std::unique_ptr<port::file> under_;
  };

  throwing_files& pass() {
    if (armed) throw std::runtime_error("a port threw");
    return *this;
  }

  port::files& under_;
};

}  // namespace

TEST_CASE("Q1: a second owner is told at once that the database is in use") {
  world w;
  std::optional<sqlite::database> first(with_table(w));
  const auto e = need_error(sqlite::open(w.options()));
  CHECK(e.code == errc::already_exists);
  CHECK(e.text == "database /data/kv.db is in use by another process");
  need(first->exec("INSERT INTO t VALUES(1, 'x')"));
  first.reset();
  auto second = need(sqlite::open(w.options()));
  CHECK(one(second, "SELECT v FROM t") == "x");
}

TEST_CASE("Q4: a full disk fails one transaction; with room again the database goes on") {
  for (const auto durable : {durability::full, durability::normal, durability::off}) {
    world w;
    auto db = with_table(w, durable);
    need(db.exec("INSERT INTO t VALUES(1, 'before')"));
    w.files.set_room(100'000);
    {
      auto t = need(db.begin());
      need(db.exec("INSERT INTO t VALUES(2, randomblob(200000))"));
      const auto e = need_error(t.commit());
      CHECK(e.code == errc::disk_full);
      CHECK(says(e, "/data/kv.db"));
      CHECK(says(e, "free some space"));
    }
    CHECK(one(db, "SELECT group_concat(k) FROM t") == "1");
    need(db.exec("INSERT INTO t VALUES(3, 'small')"));
    w.files.set_room(UINT64_MAX);
    auto t = need(db.begin());
    need(db.exec("INSERT INTO t VALUES(2, randomblob(200000))"));
    need(t.commit());
    CHECK(one(db, "SELECT group_concat(k) FROM t") == "1,2,3");
    CHECK(one(db, "PRAGMA integrity_check") == "ok");
  }
}

TEST_CASE("Q4: a disk that is full before the commit fails the statement and then the commit") {
  world w;
  auto with = w.options();
  with.cache_bytes_max = 16 << 10;  // so that pages spill into the log within the transaction
  auto db = need(sqlite::open(with));
  need(db.exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v)"));
  w.files.set_room(60'000);
  auto t = need(db.begin());
  error first;
  for (int i = 0; i < 100 && first.text.empty(); ++i)
    if (auto done = db.exec("INSERT INTO t(v) VALUES(randomblob(2000))"); !done) first = done.error();
  CHECK(first.code == errc::disk_full);
  w.files.set_room(UINT64_MAX);
  CHECK(need_error(db.exec("INSERT INTO t(v) VALUES(1)")).code == errc::disk_full);
  CHECK(need_error(t.commit()) == first);
  CHECK(one(db, "SELECT count(*) FROM t") == "0");
}

TEST_CASE("Q4: a commit that can't be synced fails, names the reason, and is undone") {
  world w;
  auto db = with_table(w);
  need(db.exec("INSERT INTO t VALUES(1, 1)"));
  auto t = need(db.begin());
  need(db.exec("INSERT INTO t VALUES(2, 2)"));
  w.files.refuse_at(1, errc::io, UINT64_MAX);
  const auto e = need_error(t.commit());
  w.files.refuse_nothing();
  CHECK(e.code == errc::io);
  CHECK(says(e, "refused on purpose"));
  CHECK(one(db, "SELECT count(*) FROM t") == "1");
  need(db.exec("INSERT INTO t VALUES(3, 3)"));
}

TEST_CASE(
    "Q6: a log that can't be brought home: with full durability the database does not open, with less it is "
    "read") {
  for (const auto durable : {durability::full, durability::normal}) {
    world w;
    std::optional<sqlite::database> db = with_table(w);
    need(db->exec("INSERT INTO t VALUES(1, 1)"));
    crash(w, db, stop_kind::process_dies);
    w.files.refuse_writes_to("/data/kv.db", errc::io);
    auto opened = sqlite::open(w.options(durable));
    if (durable == durability::full) {
      REQUIRE(opened.has_error());
      CHECK(opened.error().code == errc::io);
      w.files.refuse_nothing();
      opened = sqlite::open(w.options(durable));
    } else {
      REQUIRE(opened.has_value());
      CHECK(opened->checkpoint_failure().has_value());
    }
    REQUIRE(opened.has_value());
    CHECK(one(*opened, "SELECT count(*) FROM t") == "1");
  }
}

TEST_CASE("Q5: a file that is no database is a decode error that names it, and is left as it was") {
  world w;
  const std::string text(5000, 'x');
  overwrite(w, 0, text);
  const auto e = need_error(sqlite::open(w.options()));
  CHECK(e.code == errc::decode_error);
  CHECK(says(e, "/data/kv.db"));
  CHECK(says(e, "backup"));
  CHECK(w.files.content("/data/kv.db") == text);
}

TEST_CASE("Q5: a damaged page is a decode error where it is read") {
  world w;
  {
    auto db = with_table(w);
    need(db.exec("INSERT INTO t VALUES(1, 'x')"));
  }
  overwrite(w, 4096, std::string(4096, '\xff'));
  auto db = need(sqlite::open(w.options()));
  auto query = need(db.prepare("SELECT v FROM t"));
  const auto e = need_error(query.step());
  CHECK(e.code == errc::decode_error);
  CHECK(says(e, "/data/kv.db"));
}

TEST_CASE("whatever operation is refused while a database is opened, the error is one that says so") {
  for (const auto code : {errc::io, errc::disk_full}) {
    bool opened = false;
    for (std::uint64_t n = 1; !opened; ++n) {
      world w;
      std::optional<sqlite::database> first(with_table(w));
      need(first->exec("INSERT INTO t VALUES(1, 'x')"));
      crash(w, first, stop_kind::process_dies);  // so that there is a log to recover
      w.files.refuse_at(n, code);
      {
        const auto db = sqlite::open(w.options());
        opened = db.has_value() && n > 40;  // some refusals are survived, a late one is not met at all
        if (!db) {
          INFO("operation " << n << ": " << to_string(db.error()));
          CHECK(db.error().code == code);
        }
      }
      w.files.refuse_nothing();
      auto again = need(sqlite::open(w.options()));
      CHECK(one(again, "SELECT v FROM t") == "x");
    }
  }
}

TEST_CASE("a log that can't be brought home is reported, commits go on, and it heals by itself") {
  world w;
  auto with = w.options();
  with.wal_pages_max = 4;
  auto db = need(sqlite::open(with));
  need(db.exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v)"));
  for (const auto code : {errc::io, errc::disk_full}) {
    w.files.refuse_writes_to("/data/kv.db", code);
    need(db.exec("INSERT INTO t(v) VALUES(randomblob(20000))"));
    need(db.exec("INSERT INTO t(v) VALUES(1)"));
    const auto seen = db.checkpoint_failure();
    REQUIRE(seen);
    CHECK(seen->code == code);
    CHECK(says(*seen, "refused on purpose"));
    CHECK(need_error(db.checkpoint()).code == code);
    w.files.refuse_nothing();
    need(db.exec("INSERT INTO t(v) VALUES(1)"));
    CHECK_FALSE(db.checkpoint_failure());
  }
  CHECK(one(db, "SELECT count(*) FROM t") == "6");
}

TEST_CASE("what a commit costs: full syncs once, normal and off do not sync") {
  const auto syncs_of_ten = [](durability durable) {
    world w;
    auto db = with_table(w, durable);
    auto put = need(db.prepare("INSERT INTO t(v) VALUES(1)"));
    need(put.run());
    const auto before = w.files.seen();
    for (int i = 0; i < 10; ++i) need(put.run());
    CHECK(w.files.seen().dir_syncs == before.dir_syncs);
    return w.files.seen().syncs - before.syncs;
  };
  CHECK(syncs_of_ten(durability::full) == 10);
  CHECK(syncs_of_ten(durability::normal) == 0);
  CHECK(syncs_of_ten(durability::off) == 0);
}

TEST_CASE("V4: the first commit of a new database survives a power cut: the names of its files were synced") {
  world w;
  std::optional<sqlite::database> db(with_table(w));
  need(db->exec("INSERT INTO t VALUES(1, 'x')"));
  crash(w, db, stop_kind::power_lost);
  auto again = need(sqlite::open(w.options()));
  CHECK(one(again, "SELECT v FROM t") == "x");
}

TEST_CASE("V4: a log that an earlier process left without a durable name gets one with the first commit") {
  world w;
  {
    auto db = with_table(w);
    need(db.checkpoint());
  }
  std::optional<sqlite::database> db(with_table(w));  // makes the log, with nothing in it
  crash(w, db, stop_kind::process_dies);
  db.emplace(need(sqlite::open(w.options())));
  need(db->exec("INSERT INTO t VALUES(1, 'x')"));
  crash(w, db, stop_kind::power_lost);
  db.emplace(need(sqlite::open(w.options())));
  CHECK(one(*db, "SELECT v FROM t") == "x");
}

TEST_CASE("C4: a log left by a crash is brought home by the next open") {
  world w;
  std::optional<sqlite::database> first(with_table(w));
  need(first->exec("INSERT INTO t VALUES(1, 'x')"));
  crash(w, first, stop_kind::process_dies);
  CHECK(w.files.content("/data/kv.db-wal").size() > 4096);
  auto db = need(sqlite::open(w.options()));
  CHECK(w.files.content("/data/kv.db-wal").empty());
  CHECK(one(db, "SELECT v FROM t") == "x");
}

TEST_CASE("a port that throws is an I/O error, not the end of the process") {
  world w;
  throwing_files files(w.files);
  const sqlite::options with{.path = "/data/kv.db", .files = files, .clock = w.clock, .entropy = w.entropy};
  auto db = need(sqlite::open(with));
  need(db.exec("CREATE TABLE t(x)"));
  files.armed = true;
  const auto e = need_error(db.exec("INSERT INTO t VALUES(1)"));
  CHECK(e.code == errc::io);
  CHECK(says(e, "a port threw"));
  CHECK(need_error(sqlite::open(with)).code == errc::io);
  files.armed = false;
  need(db.exec("INSERT INTO t VALUES(1)"));
}

}  // namespace sqlite_fault_test
