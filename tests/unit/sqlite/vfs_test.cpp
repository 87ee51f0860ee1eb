#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <troupe/sqlite/vfs.hpp>
#include <vector>

#include "world.hpp"

namespace sqlite_vfs_test {

using namespace troupe;
using namespace troupe::test;

namespace {

/// The VFS of `/data/kv.db`, and its registered SQLite side.
struct registered {
  explicit registered(world& w)
      : made(need(sqlite::vfs::make("/data/kv.db", w.files, w.clock, w.entropy))),
        raw(sqlite3_vfs_find(made.name().c_str())) {
    REQUIRE(raw);
  }

  sqlite::vfs made;
  sqlite3_vfs* raw;
};

/// A file opened through a VFS, closed at the end.
class opened {
 public:
  opened(sqlite3_vfs* raw, const char* path, int flags)
      : memory_(static_cast<std::size_t>(raw->szOsFile) / sizeof(std::max_align_t) + 1),
        file_(reinterpret_cast<sqlite3_file*>(memory_.data())),
        code_(raw->xOpen(raw, path, file_, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr)) {}
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;
  ~opened() {
    if (file_->pMethods) file_->pMethods->xClose(file_);
  }

  int code() const { return code_; }
  sqlite3_file* get() { return file_; }
  const sqlite3_io_methods* operator->() const { return file_->pMethods; }

 private:
  std::vector<std::max_align_t> memory_;
  sqlite3_file* file_;
  int code_;
};

bool has(const faulty_files& files, const std::string& path) {
  const auto names = files.names();
  return std::find(names.begin(), names.end(), path) != names.end();
}

}  // namespace

TEST_CASE("a VFS is registered under a name of its own for as long as it lives, and never as the default") {
  world w;
  std::string name;
  sqlite3_vfs* const usual = sqlite3_vfs_find(nullptr);
  {
    registered one(w), two(w);
    name = one.made.name();
    CHECK(name != two.made.name());
    CHECK(sqlite3_vfs_find(nullptr) == usual);
    const auto moved = std::move(one.made);
    CHECK(sqlite3_vfs_find(name.c_str()) == one.raw);
  }
  CHECK(sqlite3_vfs_find(name.c_str()) == nullptr);
}

TEST_CASE("V1: only the files of one database are opened, and no temporary one") {
  world w;
  registered r(w);
  opened main(r.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB);
  CHECK(main.code() == SQLITE_OK);
  CHECK(opened(r.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB).code() == SQLITE_CANTOPEN);
  CHECK(r.made.failure()->code == errc::already_exists);
  r.made.forget_failure();
  CHECK(opened(r.raw, "/data/kv.db-wal", SQLITE_OPEN_WAL).code() == SQLITE_OK);
  CHECK(opened(r.raw, "/data/kv.db-journal", SQLITE_OPEN_MAIN_JOURNAL).code() == SQLITE_OK);
  CHECK(opened(r.raw, "/data/other.db", SQLITE_OPEN_MAIN_DB).code() == SQLITE_CANTOPEN);
  CHECK(opened(r.raw, "/data/kv.db-mj1234", SQLITE_OPEN_SUPER_JOURNAL).code() == SQLITE_CANTOPEN);
  opened temporary(r.raw, nullptr, SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_DELETEONCLOSE);
  CHECK(temporary.code() == SQLITE_CANTOPEN);
  CHECK(temporary.get()->pMethods == nullptr);
  CHECK(r.made.failure()->code == errc::invalid);
}

TEST_CASE("V2, V5: the files have no shared memory, and nothing is claimed about the device") {
  world w;
  registered r(w);
  opened main(r.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB);
  CHECK(main->iVersion == 1);
  CHECK(main->xDeviceCharacteristics(main.get()) == 0);
  CHECK(main->xSectorSize(main.get()) == 4096);
}

TEST_CASE("V3: the first lock is the whole-file lock, and it is held until the file is closed") {
  world w;
  registered r(w), other(w);
  opened theirs(other.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB);
  {
    opened mine(r.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB);
    CHECK(mine->xLock(mine.get(), SQLITE_LOCK_SHARED) == SQLITE_OK);
    CHECK(mine->xLock(mine.get(), SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);
    CHECK(mine->xUnlock(mine.get(), SQLITE_LOCK_NONE) == SQLITE_OK);
    CHECK_FALSE(other.made.locked_out());
    CHECK(theirs->xLock(theirs.get(), SQLITE_LOCK_SHARED) == SQLITE_BUSY);
    CHECK(other.made.locked_out());
    other.made.forget_failure();
    CHECK_FALSE(other.made.locked_out());
  }
  CHECK(theirs->xLock(theirs.get(), SQLITE_LOCK_SHARED) == SQLITE_OK);
}

TEST_CASE("V4: the first sync of a file makes its name durable, later ones leave the directory alone") {
  world w;
  registered r(w);
  {
    opened wal(r.raw, "/data/kv.db-wal", SQLITE_OPEN_WAL);
    CHECK(wal->xWrite(wal.get(), "x", 1, 0) == SQLITE_OK);
    w.files.refuse_at(2, errc::io);
    CHECK(wal->xSync(wal.get(), SQLITE_SYNC_NORMAL) == SQLITE_IOERR_DIR_FSYNC);
    CHECK(w.files.seen().dir_syncs == 0);
    CHECK(wal->xSync(wal.get(), SQLITE_SYNC_NORMAL) == SQLITE_OK);
    CHECK(wal->xSync(wal.get(), SQLITE_SYNC_NORMAL) == SQLITE_OK);
    CHECK(w.files.seen().dir_syncs == 1);
    w.files.restart(stop_kind::power_lost);
  }
  CHECK(w.files.content("/data/kv.db-wal") == "x");
}

TEST_CASE("V4: a file that was removed does not come back") {
  world w;
  registered r(w);
  {
    opened wal(r.raw, "/data/kv.db-wal", SQLITE_OPEN_WAL);
    CHECK(wal->xSync(wal.get(), SQLITE_SYNC_NORMAL) == SQLITE_OK);
  }
  CHECK(r.raw->xDelete(r.raw, "/data/kv.db-wal", 0) == SQLITE_OK);
  w.files.restart(stop_kind::power_lost);
  CHECK_FALSE(has(w.files, "/data/kv.db-wal"));
  CHECK(r.raw->xDelete(r.raw, "/data/kv.db-wal", 0) == SQLITE_IOERR_DELETE_NOENT);
}

TEST_CASE("V4: a log that was emptied stays empty; other truncations wait for their sync") {
  world w;
  registered r(w);
  for (const char* path : {"/data/kv.db-wal", "/data/kv.db"}) {
    const bool log = path != std::string("/data/kv.db");
    opened file(r.raw, path, log ? SQLITE_OPEN_WAL : SQLITE_OPEN_MAIN_DB);
    CHECK(file->xWrite(file.get(), "abc", 3, 0) == SQLITE_OK);
    CHECK(file->xSync(file.get(), SQLITE_SYNC_NORMAL) == SQLITE_OK);
    CHECK(file->xTruncate(file.get(), 0) == SQLITE_OK);
    w.files.restart(stop_kind::power_lost);
    CHECK(w.files.content(path) == (log ? "" : "abc"));
  }
}

TEST_CASE("a read past the end is short and the rest of the buffer is zeros") {
  world w;
  registered r(w);
  opened main(r.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB);
  CHECK(main->xWrite(main.get(), "abc", 3, 0) == SQLITE_OK);
  std::string into(6, '?');
  CHECK(main->xRead(main.get(), into.data(), 6, 1) == SQLITE_IOERR_SHORT_READ);
  CHECK(into == std::string("bc\0\0\0\0", 6));
  CHECK_FALSE(r.made.failure());
}

TEST_CASE("each refusal keeps SQLite's own code, and the port's first reason") {
  world w;
  registered r(w);
  opened main(r.raw, "/data/kv.db", SQLITE_OPEN_MAIN_DB);
  char into[4];
  sqlite3_int64 size = 0;
  int there = 0;
  w.files.refuse_at(1, errc::io, UINT64_MAX);
  CHECK(main->xRead(main.get(), into, 4, 0) == SQLITE_IOERR_READ);
  CHECK(r.made.failure()->text.substr(0, 4) == "read");
  CHECK(main->xWrite(main.get(), into, 4, 0) == SQLITE_IOERR_WRITE);
  CHECK(r.made.failure()->text.substr(0, 4) == "read");
  CHECK(main->xTruncate(main.get(), 0) == SQLITE_IOERR_TRUNCATE);
  CHECK(main->xSync(main.get(), SQLITE_SYNC_NORMAL) == SQLITE_IOERR_FSYNC);
  CHECK(main->xFileSize(main.get(), &size) == SQLITE_IOERR_FSTAT);
  CHECK(main->xLock(main.get(), SQLITE_LOCK_SHARED) == SQLITE_IOERR_LOCK);
  CHECK(r.raw->xAccess(r.raw, "/data/kv.db", SQLITE_ACCESS_EXISTS, &there) == SQLITE_IOERR_ACCESS);
  CHECK(r.raw->xDelete(r.raw, "/data/kv.db", 0) == SQLITE_IOERR_DELETE);
  w.files.refuse_at(1, errc::disk_full, UINT64_MAX);
  CHECK(main->xWrite(main.get(), into, 4, 0) == SQLITE_FULL);
  CHECK(main->xSync(main.get(), SQLITE_SYNC_NORMAL) == SQLITE_FULL);
  r.made.forget_failure();
  CHECK_FALSE(r.made.failure());
}

TEST_CASE("V6: sleeping returns at once, random bytes are the port's, any number of them") {
  world w, same;
  registered r(w), other(same);
  CHECK(r.raw->xSleep(r.raw, 10'000'000) == 10'000'000);
  std::string a(13, '\0'), b(13, '\0');
  CHECK(r.raw->xRandomness(r.raw, 13, a.data()) == 13);
  CHECK(other.raw->xRandomness(other.raw, 13, b.data()) == 13);
  CHECK(a == b);
  CHECK(a.substr(8) != std::string(5, '\0'));
}

}  // namespace sqlite_vfs_test
