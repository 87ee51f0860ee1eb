#include <sqlite3.h>

#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/sqlite/connection.hpp>
#include <troupe/sqlite/random_functions.hpp>
#include <utility>

namespace troupe::sqlite {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t frame_bytes = page_bytes + 24;  // a page in the log, with its header
constexpr std::size_t shown_sql_bytes_max = 120;

/// SQLite's primary code as ours. Busy and locked are not here: they depend on who holds the lock.
errc to_errc(int code) noexcept {
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
      code == SQLITE_CONSTRAINT_ROWID)
    return errc::already_exists;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return errc::disk_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::decode_error;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      return errc::io;
    case SQLITE_ABORT:
    case SQLITE_INTERRUPT:
      return errc::cancelled;
    default:
      return errc::invalid;
  }
}

std::string_view synchronous(durability d) noexcept {
  switch (d) {
    case durability::full:
      return "FULL";
    case durability::normal:
      return "NORMAL";
    case durability::off:
      return "OFF";
  }
  return "FULL";
}

std::string shown(std::string_view sql) {
  std::string out(sql.substr(0, shown_sql_bytes_max));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return sql.size() > shown_sql_bytes_max ? out + "..." : out;
}

}  // namespace

connection::connection(vfs on, std::uint32_t wal_pages_max) noexcept
    : vfs_(std::move(on)), wal_pages_max_(wal_pages_max) {}

connection::~connection() {
  if (!handle_) return;
  // Every statement and transaction keeps the connection, so nothing is left open (C1).
  check(sqlite3_close(handle_) == SQLITE_OK, "a database was closed under one of its statements");
}

result<std::shared_ptr<connection>> connection::open(const options& with) {
  if (with.path.empty() || with.path.find('\0') != std::string::npos)
    return error{errc::invalid, "a database needs a path: set options::path to a file name"};
  if (with.wal_pages_max == 0)
    return error{errc::invalid, with.path + ": options::wal_pages_max is 0, it must be at least 1"};
  if (!sqlite3_threadsafe())
    return error{errc::invalid,
                 "this SQLite was built for one thread only: link one built with SQLITE_THREADSAFE=1 or 2"};
  auto on = vfs::make(with.path, with.files, with.clock, with.entropy);
  if (!on) return on.error();
  std::shared_ptr<connection> made(new connection(std::move(*on), with.wal_pages_max));
  if (auto ready = made->set_up(with); !ready) return ready.error();
  return made;
}

result<void> connection::set_up(const options& with) {
  constexpr int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  start_call();
  int code = sqlite3_open_v2(vfs::database_name, &handle_, flags, vfs_.name().c_str());
  if (!handle_) return error{errc::io, path() + ": out of memory"};
  sqlite3_extended_result_codes(handle_, 1);
  if (code == SQLITE_OK) code = sqlite3_busy_timeout(handle_, 0);
  if (code == SQLITE_OK) code = sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (code == SQLITE_OK) code = install_random_functions(handle_, with.entropy);
  if (code != SQLITE_OK) return failure(code, "open");
  sqlite3_wal_hook(handle_, &connection::after_commit, this);

  // The locking mode comes before the journal mode: the log then needs no shared memory (V2). What a
  // distribution may have set otherwise (page size, zeroing of deleted rows) is set here, so a database
  // behaves the same everywhere.
  const auto cache_kib = std::clamp<std::size_t>(with.cache_bytes_max / 1024, 1, 1u << 30);
  const auto log_bytes_kept = 2 * frame_bytes * with.wal_pages_max;
  std::string pragmas = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF;";
  pragmas.append("PRAGMA cell_size_check=ON; PRAGMA page_size=").append(std::to_string(page_bytes));
  pragmas.append("; PRAGMA cache_size=-").append(std::to_string(cache_kib));
  pragmas.append("; PRAGMA journal_size_limit=").append(std::to_string(log_bytes_kept));
  pragmas.append("; PRAGMA synchronous=").append(synchronous(with.durable));
  if (auto done = run(pragmas); !done) return done;
  if (auto done = expect("PRAGMA journal_mode=WAL", "wal"); !done) return done;
  return bring_home_recovered_log(with.durable);
}

result<void> connection::bring_home_recovered_log(durability wanted) {
  const auto done = checkpoint();
  // Q6: what can be read from the log may be what a sync that failed could not save, in the memory of the operating system only.
  if (done || done.error().code == errc::decode_error || wanted == durability::full) return done;
  checkpoint_failure_ = done.error();  // all of it can be read from the log as it is
  return {};
}

result<void> connection::expect(const std::string& pragma, std::string_view answer) {
  start_call();
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(handle_, pragma.c_str(), -1, &raw, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(raw);
  if (code != SQLITE_ROW) {
    error why = failure(code, pragma);
    sqlite3_finalize(raw);
    return why;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  const std::string got = text ? text : "";
  sqlite3_finalize(raw);
  if (got != answer) return error{errc::io, path() + ": " + pragma + " answered '" + got + "'"};
  return {};
}

error connection::failure(int code, std::string_view doing) {
  const int kind = code & 0xff;
  // A mistake in binding is reported late, when SQLite may have other words to say already.
  const bool current = sqlite3_extended_errcode(handle_) == code;
  const std::string words = current ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const auto& reason = vfs_.failure();
  const std::string because = reason ? " (" + to_string(*reason) + ")" : "";
  error e{to_errc(code), {}, {}, {}};
  if (kind == SQLITE_BUSY && vfs_.locked_out()) {
    e.code = errc::already_exists;
    e.text = "database " + path() + " is in use by another process";
  } else if (e.code == errc::disk_full) {
    e.text = "no room left for database " + path() + because + ": free some space and try again";
  } else if (e.code == errc::decode_error) {
    e.text =
        "database " + path() + " is damaged or no SQLite database (" + words + "): restore it from a backup";
  } else if (kind == SQLITE_CANTOPEN) {
    if (reason) e.code = reason->code;
    e.text = "can't open database " + path() + because;
  } else if (e.code == errc::io) {
    e.text = "database " + path() + ": " + words + because + " in: " + shown(doing);
  } else {
    e.text = "database " + path() + ": " + words + " in: " + shown(doing);
  }
  if (in_transaction_ && !undone_by_ && sqlite3_get_autocommit(handle_)) undone_by_ = e;
  return e;
}

result<void> connection::run(std::string_view sql) {
  start_call();
  const std::string text(sql);
  const int code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, sql);
  return {};
}

result<void> connection::begin() {
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
  in_transaction_ = true;
  undone_by_.reset();
  return {};
}

result<void> connection::commit() {
  const error* undone = undone_by();
  in_transaction_ = false;
  if (undone) return *undone;
  auto done = run("COMMIT");
  if (!done && !sqlite3_get_autocommit(handle_)) {
    // The commit's own error says more than one of undoing it; the next `begin` shows whether that worked.
    (void)run("ROLLBACK");
  }
  return done;
}

result<void> connection::rollback() {
  in_transaction_ = false;
  if (sqlite3_get_autocommit(handle_)) return {};
  return run("ROLLBACK");
}

result<void> connection::checkpoint() {
  start_call();
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, "checkpoint");
  checkpoint_failure_.reset();
  return {};
}

// SQLite's own hook would drop the error of a checkpoint. The commit before it stands either way.
int connection::after_commit(void* self, sqlite3* handle, const char* schema, int wal_pages) {
  auto& me = *static_cast<connection*>(self);
  if (static_cast<std::uint32_t>(wal_pages) < me.wal_pages_max_) return SQLITE_OK;
  me.start_call();
  const int code = sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const int kind = code & 0xff;
  if (code == SQLITE_OK) {
    me.checkpoint_failure_.reset();
  } else if (kind != SQLITE_BUSY && kind != SQLITE_LOCKED) {  // an open statement only delays it
    me.checkpoint_failure_ = me.failure(code, "checkpoint");
  }
  return SQLITE_OK;
}

}  // namespace troupe::sqlite
