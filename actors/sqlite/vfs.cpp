#include <sqlite3.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <new>
#include <troupe/sqlite/vfs.hpp>
#include <utility>

namespace troupe::sqlite {

/// What the callbacks share. It stays where it is: SQLite keeps its address.
class vfs_core {
 public:
  vfs_core(std::string path, port::files& f, port::clock& c, port::entropy& e)
      : main(std::move(path)),
        wal(main + "-wal"),
        journal(main + "-journal"),
        files(f),
        clock(c),
        entropy(e) {
    // The address is what makes the name unique: no other live VFS has it.
    char digits[2 * sizeof(void*)];
    const auto end =
        std::to_chars(digits, digits + sizeof(digits), reinterpret_cast<std::uintptr_t>(this), 16);
    name.assign("troupe-").append(digits, end.ptr);
    const auto slash = main.rfind('/');
    directory = slash == std::string::npos ? "." : main.substr(0, slash ? slash : 1);
  }

  /// Remembers why a port refused and hands on the code for SQLite; a full disk keeps its own code
  /// throughout.
  int refuse(const error& why, int code) {
    if (!failure) failure = why;
    return why.code == errc::disk_full ? SQLITE_FULL : code;
  }

  /// Whether `path` is one of the three files of this database (V1).
  bool serves(const char* path) const noexcept {
    return path && (path == main || path == wal || path == journal);
  }

  sqlite3_vfs raw{};
  std::string main, wal, journal;
  std::string name;
  std::string directory;
  port::files& files;
  port::clock& clock;
  port::entropy& entropy;
  bool main_open = false;
  bool locked_out = false;
  std::optional<error> failure;
};

namespace {

constexpr int sector_bytes = 4096;
constexpr auto julian_epoch_ms = 210'866'760'000'000LL;  // 1970-01-01 in milliseconds of Julian days
constexpr double day_ms = 86'400'000.0;

/// An open file in the memory SQLite gives us for it.
struct slot : sqlite3_file {
  vfs_core* core = nullptr;
  std::unique_ptr<port::file> file;
  bool is_main = false;
  bool is_log = false;
  bool locked = false;
  bool name_unsynced = false;  // V4
};
static_assert(alignof(slot) <= 8, "SQLite aligns a file to 8 bytes");

slot& of(sqlite3_file* f) noexcept { return *static_cast<slot*>(f); }
vfs_core& of(sqlite3_vfs* v) noexcept { return *static_cast<vfs_core*>(v->pAppData); }

/// Runs a callback's body. SQLite is C: an exception may not pass through it.
template <class Body>
int guarded(vfs_core& core, int code, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  } catch (...) {
    return core.refuse(current_exception_error(errc::io), code);
  }
}

int file_close(sqlite3_file* f) {
  slot& s = of(f);
  if (s.is_main) s.core->main_open = false;
  s.~slot();
  return SQLITE_OK;
}

int file_read(sqlite3_file* f, void* into, int bytes, sqlite3_int64 offset) {
  slot& s = of(f);
  return guarded(*s.core, SQLITE_IOERR_READ, [&] {
    const auto wanted = static_cast<std::size_t>(bytes);
    const auto got =
        s.file->read_at(static_cast<std::uint64_t>(offset), {static_cast<std::byte*>(into), wanted});
    if (!got) return s.core->refuse(got.error(), SQLITE_IOERR_READ);
    if (*got == wanted) return SQLITE_OK;
    std::memset(static_cast<std::byte*>(into) + *got, 0, wanted - *got);
    return SQLITE_IOERR_SHORT_READ;
  });
}

int file_write(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 offset) {
  slot& s = of(f);
  return guarded(*s.core, SQLITE_IOERR_WRITE, [&] {
    const auto done =
        s.file->write_at(static_cast<std::uint64_t>(offset),
                         {static_cast<const std::byte*>(from), static_cast<std::size_t>(bytes)});
    return done ? SQLITE_OK : s.core->refuse(done.error(), SQLITE_IOERR_WRITE);
  });
}

/// Makes a file durable, its name included if need be (V4).
int make_durable(slot& s) {
  if (const auto done = s.file->sync(); !done) return s.core->refuse(done.error(), SQLITE_IOERR_FSYNC);
  if (!s.name_unsynced) return SQLITE_OK;
  if (const auto done = s.core->files.sync_dir(s.core->directory); !done)
    return s.core->refuse(done.error(), SQLITE_IOERR_DIR_FSYNC);
  s.name_unsynced = false;
  return SQLITE_OK;
}

int file_truncate(sqlite3_file* f, sqlite3_int64 size) {
  slot& s = of(f);
  return guarded(*s.core, SQLITE_IOERR_TRUNCATE, [&] {
    if (const auto done = s.file->truncate(static_cast<std::uint64_t>(size)); !done)
      return s.core->refuse(done.error(), SQLITE_IOERR_TRUNCATE);
    return s.is_log && size == 0 ? make_durable(s) : SQLITE_OK;
  });
}

int file_sync(sqlite3_file* f, int) {
  slot& s = of(f);
  return guarded(*s.core, SQLITE_IOERR_FSYNC, [&] { return make_durable(s); });
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  slot& s = of(f);
  return guarded(*s.core, SQLITE_IOERR_FSTAT, [&] {
    const auto got = s.file->size();
    if (!got) return s.core->refuse(got.error(), SQLITE_IOERR_FSTAT);
    *size = static_cast<sqlite3_int64>(*got);
    return SQLITE_OK;
  });
}

int file_lock(sqlite3_file* f, int) {
  slot& s = of(f);
  if (s.locked || !s.is_main) return SQLITE_OK;
  return guarded(*s.core, SQLITE_IOERR_LOCK, [&] {
    const auto done = s.file->lock();
    s.locked = done.has_value();
    if (done) return SQLITE_OK;
    if (done.error().code != errc::already_exists) return s.core->refuse(done.error(), SQLITE_IOERR_LOCK);
    s.core->locked_out = true;
    return SQLITE_BUSY;
  });
}

// The lock is given back by closing (V3).
int file_unlock(sqlite3_file*, int) { return SQLITE_OK; }

// Asked only once the file is locked, and then nobody else can hold anything.
int file_check_reserved(sqlite3_file*, int* held) { return *held = 0, SQLITE_OK; }

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int file_sector_size(sqlite3_file*) { return sector_bytes; }
int file_characteristics(sqlite3_file*) { return 0; }  // V5

constexpr sqlite3_io_methods make_file_methods() {
  sqlite3_io_methods m{};
  m.iVersion = 1;  // V2: what comes later is shared memory and mapped pages
  m.xClose = file_close;
  m.xRead = file_read;
  m.xWrite = file_write;
  m.xTruncate = file_truncate;
  m.xSync = file_sync;
  m.xFileSize = file_size;
  m.xLock = file_lock;
  m.xUnlock = file_unlock;
  m.xCheckReservedLock = file_check_reserved;
  m.xFileControl = file_control;
  m.xSectorSize = file_sector_size;
  m.xDeviceCharacteristics = file_characteristics;
  return m;
}
constexpr sqlite3_io_methods file_methods = make_file_methods();

int vfs_open(sqlite3_vfs* v, const char* path, sqlite3_file* f, int flags, int* flags_out) {
  vfs_core& core = of(v);
  f->pMethods = nullptr;
  return guarded(core, SQLITE_CANTOPEN, [&] {
    if (!core.serves(path) || (flags & SQLITE_OPEN_DELETEONCLOSE))
      return core.refuse(
          {errc::invalid,
           core.main + " is one file: ATTACH, VACUUM INTO and temporary files are not offered"},
          SQLITE_CANTOPEN);
    const bool is_main = flags & SQLITE_OPEN_MAIN_DB;
    if (is_main && core.main_open)
      return core.refuse(
          {errc::already_exists, core.main + " is open already, it can't be attached to itself"},
          SQLITE_CANTOPEN);
    auto opened = core.files.open(path, {.write = (flags & SQLITE_OPEN_READWRITE) != 0,
                                         .create = (flags & SQLITE_OPEN_CREATE) != 0,
                                         .exclusive = (flags & SQLITE_OPEN_EXCLUSIVE) != 0});
    if (!opened) return core.refuse(opened.error(), SQLITE_CANTOPEN);
    auto* s = new (f) slot{};
    s->pMethods = &file_methods;
    s->core = &core;
    s->file = std::move(*opened);
    s->is_main = is_main;
    s->is_log = flags & SQLITE_OPEN_WAL;
    s->name_unsynced = flags & SQLITE_OPEN_CREATE;
    if (is_main) core.main_open = true;
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
  });
}

int vfs_delete(sqlite3_vfs* v, const char* path, int) {
  vfs_core& core = of(v);
  return guarded(core, SQLITE_IOERR_DELETE, [&] {
    if (!core.serves(path)) return SQLITE_IOERR_DELETE;
    if (const auto done = core.files.remove(path); !done) {
      if (done.error().code == errc::not_found) return SQLITE_IOERR_DELETE_NOENT;
      return core.refuse(done.error(), SQLITE_IOERR_DELETE);
    }
    const auto done = core.files.sync_dir(core.directory);
    return done ? SQLITE_OK : core.refuse(done.error(), SQLITE_IOERR_DIR_FSYNC);
  });
}

int vfs_access(sqlite3_vfs* v, const char* path, int, int* there) {
  vfs_core& core = of(v);
  *there = 0;
  return guarded(core, SQLITE_IOERR_ACCESS, [&] {
    if (!core.serves(path)) return SQLITE_OK;
    const auto found = core.files.exists(path);
    if (!found) return core.refuse(found.error(), SQLITE_IOERR_ACCESS);
    *there = *found;
    return SQLITE_OK;
  });
}

int vfs_full_path(sqlite3_vfs* v, const char* name, int room, char* out) {
  vfs_core& core = of(v);
  return guarded(core, SQLITE_CANTOPEN, [&] {
    if (std::strcmp(name, vfs::database_name) != 0 || core.main.size() >= static_cast<std::size_t>(room))
      return core.refuse({errc::invalid, core.main + " is one file: ATTACH and VACUUM INTO are not offered"},
                         SQLITE_CANTOPEN);
    std::memcpy(out, core.main.c_str(), core.main.size() + 1);
    return SQLITE_OK;
  });
}

int vfs_randomness(sqlite3_vfs* v, int bytes, char* out) {
  for (int done = 0; done < bytes; done += 8) {
    const std::uint64_t bits = of(v).entropy.next();
    std::memcpy(out + done, &bits, static_cast<std::size_t>(bytes - done < 8 ? bytes - done : 8));
  }
  return bytes;
}

// An actor's turn must not block (V6).
int vfs_sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int vfs_time_ms(sqlite3_vfs* v, sqlite3_int64* now) {
  const auto since_epoch = of(v).clock.wall().time_since_epoch();
  *now = julian_epoch_ms + std::chrono::floor<std::chrono::milliseconds>(since_epoch).count();
  return SQLITE_OK;
}

int vfs_time_days(sqlite3_vfs* v, double* now) {
  sqlite3_int64 ms = 0;
  vfs_time_ms(v, &ms);
  return *now = static_cast<double>(ms) / day_ms, SQLITE_OK;
}

int vfs_last_error(sqlite3_vfs*, int, char*) { return 0; }

// No extension is ever loaded from a file.
void* no_library(sqlite3_vfs*, const char*) { return nullptr; }
void no_library_error(sqlite3_vfs*, int room, char* out) {
  sqlite3_snprintf(room, out, "extensions are not loaded");
}
void (*no_symbol(sqlite3_vfs*, void*, const char*))(void) { return nullptr; }
void no_library_close(sqlite3_vfs*, void*) {}

}  // namespace

result<vfs> vfs::make(std::string path, port::files& files, port::clock& clock, port::entropy& entropy) {
  auto core = std::make_unique<vfs_core>(std::move(path), files, clock, entropy);
  sqlite3_vfs& raw = core->raw;
  raw.iVersion = 2;
  raw.szOsFile = sizeof(slot);
  raw.mxPathname = static_cast<int>(core->main.size()) + 16;  // room for the longest suffix SQLite adds
  raw.zName = core->name.c_str();
  raw.pAppData = core.get();
  raw.xOpen = vfs_open;
  raw.xDelete = vfs_delete;
  raw.xAccess = vfs_access;
  raw.xFullPathname = vfs_full_path;
  raw.xDlOpen = no_library;
  raw.xDlError = no_library_error;
  raw.xDlSym = no_symbol;
  raw.xDlClose = no_library_close;
  raw.xRandomness = vfs_randomness;
  raw.xSleep = vfs_sleep;
  raw.xCurrentTime = vfs_time_days;
  raw.xGetLastError = vfs_last_error;
  raw.xCurrentTimeInt64 = vfs_time_ms;
  if (const int code = sqlite3_vfs_register(&raw, 0); code != SQLITE_OK)
    return error{errc::io, std::string("SQLite does not start: ") + sqlite3_errstr(code)};
  return vfs(std::move(core));
}

vfs::vfs(std::unique_ptr<vfs_core> core) noexcept : core_(std::move(core)) {}
vfs::vfs(vfs&&) noexcept = default;

vfs::~vfs() {
  if (core_) sqlite3_vfs_unregister(&core_->raw);
}

const std::string& vfs::name() const noexcept { return core_->name; }
const std::string& vfs::path() const noexcept { return core_->main; }

void vfs::forget_failure() noexcept {
  core_->failure.reset();
  core_->locked_out = false;
}

const std::optional<error>& vfs::failure() const noexcept { return core_->failure; }
bool vfs::locked_out() const noexcept { return core_->locked_out; }

}  // namespace troupe::sqlite
