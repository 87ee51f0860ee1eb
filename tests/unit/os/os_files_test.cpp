#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "os_fixture.hpp"

namespace os_files_test {

using namespace troupe;
using namespace troupe::os_test;

namespace {

struct file_bench {
  temporary_directory where;
  std::unique_ptr<port::platform> platform = make_os_platform();
  port::files& files = platform->files();

  std::unique_ptr<port::file> open(const std::string& name, port::open_mode mode = {}) {
    auto f = files.open(where / name, mode);
    REQUIRE(f.has_value());
    return std::move(f.value());
  }
};

std::string text_at(port::file& f, std::uint64_t offset, std::size_t most) {
  std::string text(most, '\0');
  const auto got = f.read_at(offset, std::as_writable_bytes(std::span{text}));
  REQUIRE(got.has_value());
  text.resize(got.value());
  return text;
}

// Runs `body` in a forked process and gives back what it returns.
template <class Body>
int in_another_process(Body body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a file gives back what was written, at any offset") {
  file_bench b;
  const auto f = b.open("a");
  REQUIRE(f->write_at(0, bytes_of("hello world")).has_value());
  REQUIRE(f->write_at(6, bytes_of("there")).has_value());
  CHECK(text_at(*f, 0, 11) == "hello there");
  CHECK(text_at(*f, 6, 5) == "there");
  CHECK(f->size().value() == 11);
  CHECK(f->write_at(0, {}).has_value());
}

TEST_CASE("F1: a read is short only at the end of the file") {
  file_bench b;
  const auto f = b.open("a");
  REQUIRE(f->write_at(0, bytes_of("12345")).has_value());
  CHECK(text_at(*f, 3, 10) == "45");
  CHECK(text_at(*f, 5, 10).empty());
  CHECK(text_at(*f, 500, 10).empty());
}

TEST_CASE("a write behind the end leaves a hole of zeros") {
  file_bench b;
  const auto f = b.open("a");
  REQUIRE(f->write_at(3, bytes_of("x")).has_value());
  CHECK(text_at(*f, 0, 10) == std::string("\0\0\0x", 4));
}

TEST_CASE("truncate cuts and extends") {
  file_bench b;
  const auto f = b.open("a");
  REQUIRE(f->write_at(0, bytes_of("123456")).has_value());
  REQUIRE(f->truncate(2).has_value());
  CHECK(text_at(*f, 0, 10) == "12");
  REQUIRE(f->truncate(4).has_value());
  CHECK(text_at(*f, 0, 10) == std::string("12\0\0", 4));
  CHECK(f->size().value() == 4);
}

TEST_CASE("open modes: create, exclusive, read only") {
  file_bench b;
  const auto missing = b.files.open(b.where / "none", {.write = true, .create = false});
  REQUIRE(missing.has_error());
  CHECK(missing.error().code == errc::not_found);
  CHECK(missing.error().text.find(b.where / "none") != std::string::npos);

  b.open("a", {.exclusive = true});
  CHECK(b.files.open(b.where / "a", {.exclusive = true}).error().code == errc::already_exists);
  CHECK(b.files.open(b.where / "a", {.create = false, .exclusive = true}).has_value());

  const auto reader = b.open("a", {.write = false, .create = false});
  CHECK(reader->write_at(0, bytes_of("x")).error().code == errc::io);
  CHECK(reader->lock().error().code == errc::invalid);

  struct stat about {};
  REQUIRE(::stat((b.where / "a").c_str(), &about) == 0);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  CHECK((about.st_mode & 0777) == (0644 & ~mask));
}

TEST_CASE("errors name the operation and the path") {
  file_bench b;
  const auto r = b.files.open(b.where.path, {});
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::io);
  CHECK(r.error().text == "open " + b.where.path + ": Is a directory");
}

TEST_CASE("offsets beyond any file are refused") {
  file_bench b;
  const auto f = b.open("a");
  std::array<std::byte, 4> four{};
  CHECK(f->read_at(~std::uint64_t{0}, four).error().code == errc::invalid);
  CHECK(f->write_at((std::uint64_t{1} << 63) - 2, four).error().code == errc::invalid);
  CHECK(f->truncate(std::uint64_t{1} << 63).error().code == errc::invalid);
}

TEST_CASE("no space left is disk_full") {
  auto platform = make_os_platform();
  auto full = platform->files().open("/dev/full", {.create = false});
  if (full.has_error()) return;  // a machine without that device
  const auto r = full.value()->write_at(0, bytes_of("x"));
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::disk_full);
}

TEST_CASE("F2: a sync that failed fails for good, although the kernel would say yes the next time") {
  file_bench b;
  // The lowest free descriptor is the one that `open` gets. Its file is a pipe first, which can't be synced,
  // and is then exchanged for one that can.
  const int next = ::dup(0);
  REQUIRE(next >= 0);
  ::close(next);
  REQUIRE(::mkfifo((b.where / "pipe").c_str(), 0600) == 0);
  const auto f = b.open("pipe", {.create = false});
  const auto first = f->sync();
  REQUIRE(first.has_error());
  CHECK(first.error().code == errc::io);

  const int good = ::open((b.where / "good").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(good >= 0);
  REQUIRE(::dup2(good, next) == next);
  ::close(good);
  REQUIRE(f->write_at(0, bytes_of("x")).has_value());
  CHECK(::fdatasync(next) == 0);
  const auto second = f->sync();
  REQUIRE(second.has_error());
  CHECK(second.error() == first.error());
}

TEST_CASE("F1: a write that the kernel cuts short is continued, and its failure is told") {
  // Past the limit on file size the kernel first writes what fits, then refuses the rest.
  file_bench b;
  const auto name = b.where / "a";
  const int code = in_another_process([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit most{10, 10};
    if (::setrlimit(RLIMIT_FSIZE, &most) != 0) return 1;
    auto f = b.files.open(name, {});
    if (f.has_error()) return 2;
    const auto r = f.value()->write_at(0, bytes_of("0123456789abcdef"));
    if (!r.has_error() || r.error().code != errc::io) return 3;
    return f.value()->size().value() == 10 ? 0 : 4;
  });
  CHECK(code == 0);
}

TEST_CASE("F3: a locked file is refused to another process until it is closed") {
  file_bench b;
  const auto name = b.where / "a";
  const auto try_lock = [&] {
    auto f = b.files.open(name, {});
    if (f.has_error()) return 100;
    const auto r = f.value()->lock();
    return r.has_value() ? 0 : static_cast<int>(r.error().code);
  };
  auto mine = b.open("a");
  REQUIRE(mine->lock().has_value());
  CHECK(mine->lock().has_value());  // it is mine already
  CHECK(in_another_process(try_lock) == static_cast<int>(errc::already_exists));
  CHECK(try_lock() == static_cast<int>(errc::already_exists));  // another open file of this process
  CHECK(in_another_process(try_lock) ==
        static_cast<int>(errc::already_exists));  // whose closing changed nothing
  mine.reset();
  CHECK(in_another_process(try_lock) == 0);
}

TEST_CASE("F3: a lock that another process holds is seen here, and ends with that process") {
  file_bench b;
  auto mine = b.open("a");
  int to_parent[2], to_child[2];
  REQUIRE(::pipe(to_parent) == 0);
  REQUIRE(::pipe(to_child) == 0);
  const auto name = b.where / "a";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto theirs = b.files.open(name, {});
    char ok = theirs.has_value() && theirs.value()->lock().has_value() ? 'y' : 'n';
    if (::write(to_parent[1], &ok, 1) != 1 || ::read(to_child[0], &ok, 1) != 1) ::_exit(1);
    ::_exit(0);
  }
  char ok = 0;
  REQUIRE(::read(to_parent[0], &ok, 1) == 1);
  CHECK(ok == 'y');
  const auto refused = mine->lock();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::already_exists);
  CHECK(refused.error().text.find(name) != std::string::npos);
  REQUIRE(::write(to_child[1], &ok, 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(mine->lock().has_value());
  for (const int fd : {to_parent[0], to_parent[1], to_child[0], to_child[1]}) ::close(fd);
}

TEST_CASE("write, sync, rename over an old file, sync the directory: the steps of an atomic replacement") {
  file_bench b;
  b.open("data")->write_at(0, bytes_of("old")).value();
  {
    const auto f = b.open("data.new");
    REQUIRE(f->write_at(0, bytes_of("new")).has_value());
    REQUIRE(f->sync().has_value());
  }
  REQUIRE(b.files.rename(b.where / "data.new", b.where / "data").has_value());
  REQUIRE(b.files.sync_dir(b.where.path).has_value());
  CHECK(text_at(*b.open("data"), 0, 10) == "new");
  CHECK_FALSE(b.files.exists(b.where / "data.new").value());
}

TEST_CASE("directories are made with their parents, names are removed, and what is not there is not_found") {
  file_bench b;
  const auto deep = b.where / "x/y/z";
  REQUIRE(b.files.make_directories(deep).has_value());
  REQUIRE(b.files.make_directories(deep).has_value());
  CHECK(b.files.exists(deep).value());
  b.open("x/y/z/a");
  CHECK(b.files.make_directories(deep + "/a").has_error());
  CHECK(b.files.make_directories(deep + "/a/b").error().code == errc::io);
  CHECK_FALSE(b.files.exists(deep + "/a/b").value());
  CHECK(b.files.remove(deep + "/a").has_value());
  CHECK_FALSE(b.files.exists(deep + "/a").value());

  CHECK(b.files.remove(deep + "/a").error().code == errc::not_found);
  CHECK(b.files.rename(deep + "/a", deep + "/b").error().code == errc::not_found);
  CHECK(b.files.sync_dir(deep + "/a").error().code == errc::not_found);
}

TEST_CASE("files are opened from several threads at once") {
  file_bench b;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&b, i] {
      for (int j = 0; j < 20; ++j) {
        auto f = b.files.open(b.where / std::to_string(i), {});
        CHECK((f.has_value() && f.value()->write_at(0, bytes_of("x")).has_value()));
      }
    });
  for (auto& t : threads) t.join();
  CHECK(b.files.exists(b.where / "3").value());
}

}  // namespace os_files_test
