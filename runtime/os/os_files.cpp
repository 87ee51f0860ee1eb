#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_files.hpp>

namespace troupe::os {
namespace {

// Repeats a call that a signal interrupts (F1).
template <class Call>
auto uninterrupted(Call call) {
  auto rc = call();
  while (rc < 0 && errno == EINTR) rc = call();
  return rc;
}

class disk_file final : public port::file {
 public:
  disk_file(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~disk_file() override { ::close(fd_); }

  result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (!fits(offset, into.size())) return out_of_range("read");
    std::size_t done = 0;
    while (done < into.size()) {
      const auto rest = into.subspan(done);
      const auto got = uninterrupted(
          [&] { return ::pread(fd_, rest.data(), rest.size(), static_cast<off_t>(offset + done)); });
      if (got < 0) return errno_error(errno, "read", path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  result<void> write_at(std::uint64_t offset, std::span<const std::byte> from) override {
    if (!fits(offset, from.size())) return out_of_range("write");
    std::size_t done = 0;
    while (done < from.size()) {
      const auto rest = from.subspan(done);
      const auto put = uninterrupted(
          [&] { return ::pwrite(fd_, rest.data(), rest.size(), static_cast<off_t>(offset + done)); });
      if (put < 0) return errno_error(errno, "write", path_);
      if (put == 0) return error{errc::io, "write " + path_ + ": the operating system takes no more bytes"};
      done += static_cast<std::size_t>(put);
    }
    return {};
  }

  result<void> truncate(std::uint64_t size) override {
    if (!fits(size, 0)) return out_of_range("truncate");
    if (uninterrupted([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); }) != 0)
      return errno_error(errno, "truncate", path_);
    return {};
  }

  result<void> sync() override {
    if (sync_failure_) return *sync_failure_;
    if (uninterrupted([&] { return ::fdatasync(fd_); }) != 0) {
      sync_failure_ = errno_error(errno, "sync", path_);
      return *sync_failure_;
    }
    return {};
  }

  result<std::uint64_t> size() override {
    struct stat about {};
    if (::fstat(fd_, &about) != 0) return errno_error(errno, "take the size of", path_);
    return static_cast<std::uint64_t>(about.st_size);
  }

  result<void> lock() override {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;  // from 0 with length 0: to the end, wherever it will be
    if (::fcntl(fd_, F_OFD_SETLK, &whole) == 0) return {};
    const int why = errno;
    if (why == EAGAIN || why == EACCES)
      return error{errc::already_exists,
                   path_ + " is in use by another process; stop it or choose another file"};
    if (why == EBADF) return error{errc::invalid, "lock " + path_ + ": open it for writing first"};
    return errno_error(errc::io, why, "lock", path_);
  }

 private:
  // The kernel's offsets are signed.
  static bool fits(std::uint64_t offset, std::size_t bytes) noexcept {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
    return offset <= most && bytes <= most - offset;
  }

  error out_of_range(std::string_view operation) const {
    return {errc::invalid, std::string{operation} + " " + path_ + ": the offset is beyond any file"};
  }

  const int fd_;
  const std::string path_;
  std::optional<error> sync_failure_;  // F2
};

class disk_files final : public port::files {
 public:
  result<std::unique_ptr<port::file>> open(const std::string& path, port::open_mode mode) override {
    int flags = O_CLOEXEC | (mode.write ? O_RDWR : O_RDONLY);
    if (mode.create) flags |= O_CREAT | (mode.exclusive ? O_EXCL : 0);
    const int fd = uninterrupted([&] { return ::open(path.c_str(), flags, 0644); });
    if (fd < 0) return errno_error(errno, "open", path);
    return std::unique_ptr<port::file>{std::make_unique<disk_file>(fd, path)};
  }

  result<void> rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return errno_error(errno, "rename", from + " to " + to);
    return {};
  }

  result<void> remove(const std::string& path) override {
    if (std::remove(path.c_str()) != 0) return errno_error(errno, "remove", path);
    return {};
  }

  result<bool> exists(const std::string& path) override {
    struct stat about {};
    if (::stat(path.c_str(), &about) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return errno_error(errno, "look for", path);
  }

  result<void> make_directories(const std::string& path) override {
    std::error_code ec;
    std::filesystem::create_directories(path, ec);
    if (ec) return errno_error(ec.value(), "make directory", path);
    return {};
  }

  result<void> sync_dir(const std::string& path) override {
    const int fd = uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0) return errno_error(errno, "open directory", path);
    const int rc = uninterrupted([&] { return ::fsync(fd); });
    const int why = errno;
    ::close(fd);
    if (rc != 0) return errno_error(why, "sync directory", path);
    return {};
  }
};

}  // namespace

std::unique_ptr<port::files> make_files() { return std::make_unique<disk_files>(); }

}  // namespace troupe::os
