#include "faulty_files.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <set>
#include <span>
#include <troupe/base/hash.hpp>
#include <troupe/base/prng.hpp>
#include <utility>

namespace troupe::test {
namespace {

constexpr std::uint64_t never_at = std::numeric_limits<std::uint64_t>::max();

}  // namespace

/// The state behind the interface, guarded by one mutex.
class faulty_files::disk {
 public:
  explicit disk(std::uint64_t seed) : random(seed) {}

  enum class verdict : std::uint8_t { go, refuse, stopping, stopped };

  /// Counts an operation and says what becomes of it.
  verdict begin(std::string_view kind, const std::string& path, std::uint64_t at = 0,
                std::uint64_t length = 0) {
    if (dead) return verdict::stopped;
    ++seen.operations;
    seen.trace = stable_hash(kind, seen.trace);
    seen.trace = stable_hash(path, seen.trace);
    seen.trace = stable_hash(std::to_string(at) + "+" + std::to_string(length), seen.trace);
    if (seen.operations >= stop_from) return dead = true, verdict::stopping;
    const bool its_turn = seen.operations >= refuse_from && seen.operations <= refuse_until;
    return its_turn || (kind == "write" && path == bad_path) ? verdict::refuse : verdict::go;
  }

  error why(verdict v, std::string_view kind, const std::string& path) const {
    const auto what = std::string(kind) + " " + path + ": ";
    if (v == verdict::refuse) return {refuse_code, what + "refused on purpose"};
    return {errc::closed, what + "everything has stopped"};
  }

  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const auto& [path, node] : names.now()) sum += node->bytes.now().size();
    return sum;
  }

  void write(inode& node, std::uint64_t at, std::span<const std::byte> from) {
    node.bytes.write(at, from);
    seen.written += from.size();
  }

  mutable std::mutex mutex;
  prng random;
  file_names names;
  std::set<std::string> directories{".", "/"};
  std::uint64_t life = 0;  // open files of an earlier life are useless (F4)
  bool dead = false;
  std::uint64_t stop_from = never_at;
  std::uint64_t refuse_from = never_at;
  std::uint64_t refuse_until = 0;
  std::string bad_path;
  errc refuse_code = errc::io;
  std::uint64_t room = never_at;
  bool lies_about_files = false;
  bool lies_about_directories = false;
  counts seen;
};

/// An open file.
class faulty_files::handle final : public port::file {
 public:
  handle(std::shared_ptr<disk> on, std::shared_ptr<inode> node, std::string path, bool may_write)
      : disk_(std::move(on)),
        node_(std::move(node)),
        path_(std::move(path)),
        life_(disk_->life),
        may_write_(may_write) {}

  ~handle() override {
    const std::lock_guard guard(disk_->mutex);
    if (node_->locker == this) node_->locker = nullptr;
  }

  result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    const std::lock_guard guard(disk_->mutex);
    if (const auto v = begin("read", offset, into.size()); v != disk::verdict::go) return why(v, "read");
    if (offset >= node_->bytes.now().size()) return std::size_t{0};
    const auto n = std::min<std::uint64_t>(into.size(), node_->bytes.now().size() - offset);
    std::copy_n(node_->bytes.now().begin() + static_cast<std::ptrdiff_t>(offset), n, into.begin());
    return n;
  }

  result<void> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
    const std::lock_guard guard(disk_->mutex);
    const auto v = begin("write", offset, from.size());
    if (v == disk::verdict::stopped) return why(v, "write");
    if (!may_write_) return error{errc::invalid, "write " + path_ + ": opened for reading"};
    if (v == disk::verdict::refuse) {
      disk_->write(*node_, offset, from.first(disk_->random.below(from.size() + 1)));  // F5
      return why(v, "write");
    }
    const std::uint64_t used = disk_->used(), size = node_->bytes.now().size();
    const std::uint64_t room = size + (disk_->room > used ? disk_->room - used : 0);
    if (offset + from.size() > std::max(size, room)) {
      if (room > offset) disk_->write(*node_, offset, from.first(room - offset));  // F5
      return error{errc::disk_full, "write " + path_ + ": no room"};
    }
    disk_->write(*node_, offset, from);
    if (v == disk::verdict::stopping) return why(v, "write");
    return {};
  }

  result<void> truncate(std::uint64_t size) override {
    const std::lock_guard guard(disk_->mutex);
    const auto v = begin("truncate", size, 0);
    if (v == disk::verdict::stopped || v == disk::verdict::refuse) return why(v, "truncate");
    if (!may_write_) return error{errc::invalid, "truncate " + path_ + ": opened for reading"};
    const std::uint64_t used = disk_->used();
    if (size > node_->bytes.now().size() && used + (size - node_->bytes.now().size()) > disk_->room)
      return error{errc::disk_full, "truncate " + path_ + ": no room"};
    node_->bytes.truncate(size);
    if (v == disk::verdict::stopping) return why(v, "truncate");
    return {};
  }

  result<void> sync() override {
    const std::lock_guard guard(disk_->mutex);
    if (const auto v = begin("sync"); v != disk::verdict::go) return why(v, "sync");
    ++disk_->seen.syncs;
    if (disk_->lies_about_files) return {};
    node_->bytes.sync();
    return {};
  }

  result<std::uint64_t> size() override {
    const std::lock_guard guard(disk_->mutex);
    if (const auto v = begin("size"); v != disk::verdict::go) return why(v, "size");
    return std::uint64_t{node_->bytes.now().size()};
  }

  result<void> lock() override {
    const std::lock_guard guard(disk_->mutex);
    if (const auto v = begin("lock"); v != disk::verdict::go) return why(v, "lock");
    if (node_->locker && node_->locker != this)
      return error{errc::already_exists, "lock " + path_ + ": another process has it"};
    node_->locker = this;
    return {};
  }

 private:
  disk::verdict begin(std::string_view kind, std::uint64_t at = 0, std::uint64_t length = 0) {
    if (life_ != disk_->life) return disk::verdict::stopped;
    return disk_->begin(kind, path_, at, length);
  }

  error why(disk::verdict v, std::string_view kind) const { return disk_->why(v, kind, path_); }

  std::shared_ptr<disk> disk_;
  std::shared_ptr<inode> node_;
  std::string path_;
  std::uint64_t life_;
  bool may_write_;
};

faulty_files::faulty_files(std::uint64_t seed) : disk_(std::make_shared<disk>(seed)) {}
faulty_files::~faulty_files() = default;

result<std::unique_ptr<port::file>> faulty_files::open(const std::string& path, port::open_mode mode) {
  const std::lock_guard guard(disk_->mutex);
  const auto v = disk_->begin("open", path);
  if (v == disk::verdict::stopped || v == disk::verdict::refuse) return disk_->why(v, "open", path);
  auto found = disk_->names.now().find(path);
  if (found != disk_->names.now().end() && mode.create && mode.exclusive)
    return error{errc::already_exists, "open " + path + ": it exists"};
  if (found == disk_->names.now().end()) {
    if (!mode.create || !disk_->directories.contains(file_names::parent(path)))
      return error{errc::not_found, "open " + path + ": no such file or directory"};
    disk_->names.change("", path, std::make_shared<inode>());
    found = disk_->names.now().find(path);
  }
  if (v == disk::verdict::stopping) return disk_->why(v, "open", path);
  return std::unique_ptr<port::file>(new handle(disk_, found->second, path, mode.write));
}

result<void> faulty_files::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(disk_->mutex);
  const auto v = disk_->begin("rename", from + " to " + to);
  if (v == disk::verdict::stopped || v == disk::verdict::refuse) return disk_->why(v, "rename", from);
  const auto found = disk_->names.now().find(from);
  if (found == disk_->names.now().end() || !disk_->directories.contains(file_names::parent(to)))
    return error{errc::not_found, "rename " + from + " to " + to + ": no such file or directory"};
  if (from != to) disk_->names.change(from, to, found->second);
  if (v == disk::verdict::stopping) return disk_->why(v, "rename", from);
  return {};
}

result<void> faulty_files::remove(const std::string& path) {
  const std::lock_guard guard(disk_->mutex);
  const auto v = disk_->begin("remove", path);
  if (v == disk::verdict::stopped || v == disk::verdict::refuse) return disk_->why(v, "remove", path);
  const auto found = disk_->names.now().find(path);
  if (found == disk_->names.now().end()) return error{errc::not_found, "remove " + path + ": no such file"};
  disk_->names.change(path, "", found->second);
  if (v == disk::verdict::stopping) return disk_->why(v, "remove", path);
  return {};
}

result<bool> faulty_files::exists(const std::string& path) {
  const std::lock_guard guard(disk_->mutex);
  if (const auto v = disk_->begin("exists", path); v != disk::verdict::go)
    return disk_->why(v, "exists", path);
  return disk_->names.now().contains(path) || disk_->directories.contains(path);
}

result<void> faulty_files::make_directories(const std::string& path) {
  const std::lock_guard guard(disk_->mutex);
  const auto v = disk_->begin("make_directories", path);
  if (v != disk::verdict::go) return disk_->why(v, "make_directories", path);
  for (auto p = path; disk_->directories.insert(p).second;) p = file_names::parent(p);
  return {};
}

result<void> faulty_files::sync_dir(const std::string& path) {
  const std::lock_guard guard(disk_->mutex);
  if (const auto v = disk_->begin("sync_dir", path); v != disk::verdict::go)
    return disk_->why(v, "sync_dir", path);
  if (!disk_->directories.contains(path))
    return error{errc::not_found, "sync_dir " + path + ": no such directory"};
  ++disk_->seen.dir_syncs;
  if (disk_->lies_about_directories) return {};
  disk_->names.sync(path);
  return {};
}

void faulty_files::stop_at(std::uint64_t n) {
  const std::lock_guard guard(disk_->mutex);
  disk_->stop_from = disk_->seen.operations + n;
}

void faulty_files::stop() {
  const std::lock_guard guard(disk_->mutex);
  disk_->dead = true;
}

bool faulty_files::stopped() const {
  const std::lock_guard guard(disk_->mutex);
  return disk_->dead;
}

void faulty_files::restart(stop_kind how) {
  const std::lock_guard guard(disk_->mutex);
  disk& d = *disk_;
  ++d.life;
  d.dead = false;
  d.stop_from = never_at;
  if (how != stop_kind::process_dies) {
    // Sometimes nearly all survives, sometimes nearly nothing: the rare leftovers are the interesting ones.
    constexpr std::uint64_t odds[] = {1, 4, 7};
    const power_cut cut{how, odds[d.random.below(3)]};
    d.names.settle(cut, d.random);
    for (const auto& [path, node] : d.names.now()) node->bytes.settle(cut, d.random);
  }
  for (const auto& [path, node] : d.names.now()) node->locker = nullptr;
}

void faulty_files::refuse_at(std::uint64_t n, errc code, std::uint64_t more) {
  const std::lock_guard guard(disk_->mutex);
  disk_->refuse_from = disk_->seen.operations + n;
  disk_->refuse_until = more > never_at - disk_->refuse_from ? never_at : disk_->refuse_from + more;
  disk_->refuse_code = code;
}

void faulty_files::refuse_writes_to(std::string path, errc code) {
  const std::lock_guard guard(disk_->mutex);
  disk_->bad_path = std::move(path);
  disk_->refuse_code = code;
}

void faulty_files::refuse_nothing() {
  const std::lock_guard guard(disk_->mutex);
  disk_->bad_path.clear();
  disk_->refuse_from = never_at;
}

void faulty_files::set_room(std::uint64_t n) {
  const std::lock_guard guard(disk_->mutex);
  disk_->room = n;
}

void faulty_files::lie(bool about_files, bool about_directories) {
  const std::lock_guard guard(disk_->mutex);
  disk_->lies_about_files = about_files;
  disk_->lies_about_directories = about_directories;
}

faulty_files::counts faulty_files::seen() const {
  const std::lock_guard guard(disk_->mutex);
  return disk_->seen;
}

std::vector<std::string> faulty_files::names() const {
  const std::lock_guard guard(disk_->mutex);
  std::vector<std::string> out;
  for (const auto& [path, node] : disk_->names.now()) out.push_back(path);
  return out;
}

std::string faulty_files::content(const std::string& path) const {
  const std::lock_guard guard(disk_->mutex);
  const auto found = disk_->names.now().find(path);
  if (found == disk_->names.now().end()) return {};
  const auto& now = found->second->bytes.now();
  return {reinterpret_cast<const char*>(now.data()), now.size()};
}

}  // namespace troupe::test
