#include <algorithm>
#include <troupe/sim/host.hpp>
#include <troupe/sim/sim_files.hpp>
#include <troupe/sim/world.hpp>

namespace troupe::sim {

namespace {

// A fast disk of today; what matters is their order of size.
constexpr duration access_time = microseconds{20};
constexpr duration sync_time_max = milliseconds{2};

error io_error(std::string_view operation, const std::string& path) {
  return {errc::io, std::string{operation} + " " + path + ": input/output error"};
}

/// Whether something goes wrong now.
result<void> attempt(world& in, host& on, std::uint64_t life, std::string_view operation,
                     const std::string& path) {
  if (on.life != life) return io_error(operation, path);  // SF3
  const double failing = on.disk.faults.failing;
  if (failing > 0 && static_cast<double>(in.below(1'000'000)) < failing * 1e6) {
    in.note(on.name + ": " + std::string{operation} + " " + path + " fails", {.host = on.name});
    return io_error(operation, path);
  }
  return {};
}

class sim_file final : public port::file {
 public:
  sim_file(world& in, host& on, std::shared_ptr<inode> what, std::string path)
      : world_(in), host_(on), life_(on.life), inode_(std::move(what)), path_(std::move(path)) {}
  ~sim_file() override {
    if (locks_ && host_.life == life_) inode_->locked = false;
  }

  result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (auto ok = may("read"); !ok) return ok.error();
    world_.charge(access_time);
    const auto& bytes = inode_->now();
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  }

  result<void> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
    const auto ok = may("write");
    world_.charge(access_time);
    if (!ok) {
      if (host_.life == life_) inode_->write(offset, from.data(), world_.below(from.size() + 1));
      return ok;
    }
    const std::uint64_t end = offset + from.size();
    const std::uint64_t growth = end > inode_->now().size() ? end - inode_->now().size() : 0;
    if (growth > 0 && host_.disk.used() + growth > host_.disk.faults.bytes_max)
      return error{errc::disk_full, "write " + path_ + ": no space left on device"};
    inode_->write(offset, from.data(), from.size());
    return {};
  }

  result<void> truncate(std::uint64_t size) override {
    if (auto ok = may("truncate"); !ok) return ok;
    world_.charge(access_time);
    inode_->resize(size);
    return {};
  }

  result<void> sync() override {
    if (sync_failed_) return io_error("sync", path_);  // DK3
    const auto ok = may("sync");
    world_.charge(duration{
        static_cast<duration::rep>(world_.below(static_cast<std::uint64_t>(sync_time_max.count())))});
    if (!ok) {
      sync_failed_ = true;
      if (host_.life == life_) inode_->lose();
      return ok;
    }
    inode_->save();
    host_.disk.save_name_of(*inode_);
    world_.note(host_.name + " syncs " + path_ + ", " + std::to_string(inode_->now().size()) + " bytes",
                {.host = host_.name});
    return {};
  }

  result<std::uint64_t> size() override {
    if (auto ok = may("take the size of"); !ok) return ok.error();
    return std::uint64_t{inode_->now().size()};
  }

  result<void> lock() override {
    if (auto ok = may("lock"); !ok) return ok;
    if (locks_) return {};
    if (inode_->locked)
      return error{errc::already_exists,
                   path_ + " is in use by another process; stop it or choose another file"};
    locks_ = inode_->locked = true;
    return {};
  }

 private:
  result<void> may(std::string_view operation) const {
    return attempt(world_, host_, life_, operation, path_);
  }

  world& world_;
  host& host_;
  const std::uint64_t life_;
  std::shared_ptr<inode> inode_;
  const std::string path_;
  bool locks_ = false;
  bool sync_failed_ = false;
};

}  // namespace

sim_files::sim_files(world& in, host& on) noexcept : world_(in), host_(on), life_(on.life) {}

result<void> sim_files::may(std::string_view operation, const std::string& path) const {
  return attempt(world_, host_, life_, operation, path);
}

result<std::unique_ptr<port::file>> sim_files::open(const std::string& path, port::open_mode mode) {
  if (auto ok = may("open", path); !ok) return ok.error();
  auto found = host_.disk.find(path);
  if (found && mode.create && mode.exclusive)
    return error{errc::already_exists, "open " + path + ": File exists"};
  if (!found && !mode.create) return error{errc::not_found, "open " + path + ": No such file or directory"};
  if (!found) found = host_.disk.make(path);
  return std::unique_ptr<port::file>{std::make_unique<sim_file>(world_, host_, std::move(found), path)};
}

result<void> sim_files::rename(const std::string& from, const std::string& to) {
  if (auto ok = may("rename", from); !ok) return ok;
  if (!host_.disk.find(from))
    return error{errc::not_found, "rename " + from + " to " + to + ": No such file or directory"};
  host_.disk.rename(from, to);
  return {};
}

result<void> sim_files::remove(const std::string& path) {
  if (auto ok = may("remove", path); !ok) return ok;
  if (!host_.disk.find(path)) return error{errc::not_found, "remove " + path + ": No such file or directory"};
  host_.disk.remove(path);
  return {};
}

result<bool> sim_files::exists(const std::string& path) {
  if (auto ok = may("look for", path); !ok) return ok.error();
  if (host_.disk.find(path)) return true;
  // A directory is there as soon as something is in it.
  const auto below = host_.disk.now().lower_bound(path + "/");
  return below != host_.disk.now().end() && below->first.starts_with(path + "/");
}

result<void> sim_files::make_directories(const std::string& path) { return may("make directory", path); }

result<void> sim_files::sync_dir(const std::string& path) {
  const auto ok = may("sync directory", path);
  world_.charge(access_time);
  if (!ok) return ok;
  host_.disk.save_names(path);
  return {};
}

}  // namespace troupe::sim
