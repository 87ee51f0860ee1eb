#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <troupe/os/os_acceptor.hpp>
#include <troupe/os/os_error.hpp>
#include <troupe/os/os_stream.hpp>
#include <troupe/os/os_unix.hpp>
#include <utility>

namespace troupe::os {
namespace {

// A descriptor that is closed with its owner.
class held_fd {
 public:
  explicit held_fd(int fd = -1) noexcept : fd_(fd) {}
  held_fd(held_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  held_fd& operator=(held_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~held_fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// A file by what the kernel knows it by, so that one that took its place is not taken for it.
struct file_id {
  dev_t device = 0;
  ino_t number = 0;
  friend bool operator==(const file_id&, const file_id&) = default;
};

std::optional<file_id> id_of(const std::string& path) {
  struct stat what {};
  if (::lstat(path.c_str(), &what) != 0) return std::nullopt;
  return file_id{what.st_dev, what.st_ino};
}

result<sockaddr_un> to_address(const port::endpoint& e) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  constexpr std::size_t longest = sizeof at.sun_path - 1;
  if (e.path.size() > longest)
    return error{errc::invalid, port::to_string(e) + ": the path of a Unix socket has at most " +
                                    std::to_string(longest) + " bytes and this one has " +
                                    std::to_string(e.path.size()) + "; choose a shorter one, as below /run"};
  std::memcpy(at.sun_path, e.path.data(), e.path.size());
  return at;
}

int open_unix_socket() noexcept { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int connect_to(int fd, const sockaddr_un& at) noexcept {
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 ? 0 : errno;
}

// UX4
result<std::unique_ptr<port::stream>> stream_of(io_driver& driver, int fd, const port::endpoint& at) {
  ucred who{};
  socklen_t size = sizeof who;
  std::string peer = port::to_string(at);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
    const int number = errno;
    ::close(fd);
    return errno_error(errc::io, number, "ask who is at the other end of", peer);
  }
  port::peer_proof proof;
  proof.how = port::peer_proof::kind::local_user;
  proof.user = who.uid;
  proof.own_user = who.uid == ::geteuid();
  peer += " (user " + std::to_string(who.uid) + ", process " + std::to_string(who.pid) + ")";
  return make_stream(driver, fd, std::move(peer), std::move(proof));
}

class unix_acceptor final : public port::acceptor {
 public:
  unix_acceptor(std::unique_ptr<port::acceptor> below, held_fd lock, std::optional<file_id> id)
      : below_(std::move(below)), lock_(std::move(lock)), id_(id) {}
  ~unix_acceptor() override { unix_acceptor::close(); }

  void accept(port::accept_handler done) override { below_->accept(std::move(done)); }
  port::endpoint local() const override { return below_->local(); }

  result<void> admit_other_users() override {
    const std::string path = below_->local().path;
    if (::chmod(path.c_str(), 0666) != 0) return errno_error(errno, "open to other users", path);
    return {};
  }

  void close() noexcept override {
    if (std::exchange(closed_, true)) return;
    below_->close();
    const std::string path = below_->local().path;
    if (id_ && id_of(path) == id_) ::unlink(path.c_str());  // UX3
    lock_ = held_fd{};
  }

 private:
  std::unique_ptr<port::acceptor> below_;
  held_fd lock_;
  const std::optional<file_id> id_;
  bool closed_ = false;
};

error taken(const port::endpoint& at) {
  return {errc::already_exists,
          port::to_string(at) + " is taken by another program; stop that program or choose another path"};
}

// Makes room for a socket at `path` (UX1). REQUIRES: its lock is held.
result<void> remove_leftover(const port::endpoint& at, const sockaddr_un& address) {
  struct stat what {};
  if (::lstat(at.path.c_str(), &what) != 0)
    return errno == ENOENT ? result<void>{} : result<void>{errno_error(errno, "look at", at.path)};
  if (!S_ISSOCK(what.st_mode))
    return error{errc::already_exists,
                 at.path + " is there already and is no socket; remove it or choose another path"};
  const held_fd probe{open_unix_socket()};
  if (probe.get() < 0) return errno_error(errno, "look who listens at", at.path);
  // Whoever listens accepts, or has a full queue; only a socket that nobody has refuses.
  if (const int why = connect_to(probe.get(), address); why != ECONNREFUSED && why != ENOENT)
    return taken(at);
  if (::unlink(at.path.c_str()) != 0 && errno != ENOENT) return errno_error(errno, "remove", at.path);
  return {};
}

result<held_fd> lock_beside(const port::endpoint& at) {
  const std::string path = at.path + ".lock";
  held_fd lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (lock.get() < 0) return errno_error(errc::io, errno, "open", path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return taken(at);
  return errno_error(errc::io, errno, "lock", path);
}

}  // namespace

result<std::unique_ptr<port::acceptor>> make_unix_acceptor(io_driver& driver, const port::endpoint& at) {
  const auto address = to_address(at);
  if (!address) return address.error();
  auto lock = lock_beside(at);
  if (!lock) return lock.error();
  if (const auto gone = remove_leftover(at, *address); !gone) return gone.error();

  held_fd fd{open_unix_socket()};
  // On Linux a socket's file has the rights that its descriptor had when it was bound (UX2).
  if (fd.get() < 0 || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0)
    return errno == EADDRINUSE ? taken(at) : errno_error(errc::io, errno, "listen at", port::to_string(at));
  const auto id = id_of(at.path);
  port::endpoint local;
  local.path = at.path;
  auto below = watch_listener(driver, fd.release(), local, [&driver, local](int socket, const os::address&) {
    return stream_of(driver, socket, local);
  });
  if (!below) {
    ::unlink(at.path.c_str());
    return below.error();
  }
  return std::unique_ptr<port::acceptor>{
      std::make_unique<unix_acceptor>(std::move(*below), std::move(*lock), id)};
}

void connect_unix(io_driver& driver, const port::endpoint& to, port::connect_handler done) {
  const auto attempt = [&driver, to]() -> result<std::unique_ptr<port::stream>> {
    const auto address = to_address(to);
    if (!address) return error{errc::unreachable, address.error().text};
    held_fd fd{open_unix_socket()};
    if (fd.get() < 0) return errno_error(errc::unreachable, errno, "connect to", port::to_string(to));
    switch (const int why = connect_to(fd.get(), *address)) {
      case 0:
        return stream_of(driver, fd.release(), to);
      case ECONNREFUSED:
        return error{errc::unreachable, "connection refused"};
      case ENOENT:
        return error{errc::unreachable, "there is no socket at " + to.path + ": connection refused"};
      case EAGAIN:
        return error{errc::unreachable, "connect to " + port::to_string(to) +
                                            ": too many connections wait there to be accepted"};
      default:
        return errno_error(errc::unreachable, why, "connect to", port::to_string(to));
    }
  };
  boost::asio::post(driver.context(), [&driver, attempt, done = std::move(done),
                                       to_come = io_driver::errand{driver}]() mutable {
    auto outcome = attempt();
    driver.count_completion();
    done(std::move(outcome));
  });
}

}  // namespace troupe::os
