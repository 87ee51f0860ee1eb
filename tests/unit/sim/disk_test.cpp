// The disk of a simulated host (DK1-DK4).
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <troupe/sim/world.hpp>

namespace sim_disk_test {

using namespace troupe;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span{text}); }

std::string text_of(port::file& f) {
  std::string out(static_cast<std::size_t>(f.size().value()), '?');
  const std::size_t got = f.read_at(0, std::as_writable_bytes(std::span{out})).value();
  out.resize(got);
  return out;
}

std::string text_of(port::files& files, const std::string& path) {
  auto f = files.open(path, {.create = false});
  return f ? text_of(**f) : "(none)";
}

}  // namespace

TEST_CASE("DK1: what is written is read at once, and what was synced survives a crash, its name too") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::world w{seed};
    {
      auto ports = w.boot("n1");
      auto f = ports->files().open("/data/a", {}).value();
      f->write_at(0, bytes_of("saved")).value();
      CHECK(text_of(*f) == "saved");
      f->sync().value();
      f->write_at(5, bytes_of(" or not")).value();
      CHECK(text_of(*f) == "saved or not");
      w.crash("n1");
      CHECK(f->write_at(0, bytes_of("x")).error().code == errc::io);  // SF3
    }
    auto ports = w.boot("n1");
    CHECK(text_of(ports->files(), "/data/a").starts_with("saved"));
  }
}

TEST_CASE(
    "DK2: of what was not synced a crash keeps any of the writes, torn or whole, and any of the first "
    "names") {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::world w{seed};
    {
      auto ports = w.boot("n1");
      auto f = ports->files().open("/data/a", {}).value();
      f->write_at(0, bytes_of("ab")).value();
      f->sync().value();
      f->write_at(0, bytes_of("A")).value();
      f->write_at(1, bytes_of("B")).value();
      w.crash("n1");
    }
    auto ports = w.boot("n1");
    left.insert(text_of(ports->files(), "/data/a"));
  }
  CHECK(left == std::set<std::string>{"ab", "Ab", "aB", "AB"});

  bool torn = false, whole = false, none = false, unnamed = false;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::world w{seed};
    {
      auto ports = w.boot("n1");
      auto f = ports->files().open("/data/b", {}).value();
      f->write_at(0, bytes_of(std::string(2000, 'x'))).value();
      w.crash("n1");
    }
    auto ports = w.boot("n1");
    const std::string now = text_of(ports->files(), "/data/b");
    unnamed |= now == "(none)";
    none |= now.empty();
    whole |= now.size() == 2000;
    torn |= now.size() > 6 && now.size() < 2000 && now.size() % 512 == 0;
  }
  CHECK(torn);
  CHECK(whole);
  CHECK(none);
  CHECK(unnamed);
}

TEST_CASE("DK1: a file that was synced under a name is not taken by an older removal of that name") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::world w{seed};
    {
      auto ports = w.boot("n1");
      ports->files().open("/data/a", {}).value()->sync().value();
      ports->files().remove("/data/a").value();
      auto f = ports->files().open("/data/a", {}).value();
      f->write_at(0, bytes_of("new")).value();
      f->sync().value();
      w.crash("n1");
    }
    auto ports = w.boot("n1");
    CHECK(text_of(ports->files(), "/data/a") == "new");
  }
}

TEST_CASE("DK3, SF2: a disk fails and is full as its faults say; after a failed sync a file fails for good") {
  sim::world w{1};
  auto ports = w.boot("n1");
  auto f = ports->files().open("/data/a", {}).value();
  w.disk_of("n1").faults.failing = 1;
  CHECK(f->sync().error().code == errc::io);
  CHECK(f->size().error().code == errc::io);
  CHECK(ports->files().open("/data/b", {}).error().code == errc::io);
  w.disk_of("n1").faults = {.bytes_max = 10};
  CHECK(f->sync().error().code == errc::io);
  auto g = ports->files().open("/data/c", {}).value();
  g->write_at(0, bytes_of("0123456789")).value();
  CHECK(g->write_at(5, bytes_of("56789")).has_value());  // over what is there already
  CHECK(g->write_at(8, bytes_of("890")).error().code == errc::disk_full);
  CHECK(text_of(*g) == "0123456789");
}

TEST_CASE("DK3: what a failed sync could not save can be read until a crash, whatever is synced later") {
  sim::world w{1};
  {
    auto ports = w.boot("n1");
    auto f = ports->files().open("/data/a", {}).value();
    f->write_at(0, bytes_of("aaaa")).value();
    f->sync().value();
    f->write_at(1, bytes_of("B")).value();
    w.disk_of("n1").faults.failing = 1;
    CHECK(f->sync().has_error());
    w.disk_of("n1").faults.failing = 0;
    auto again = ports->files().open("/data/a", {}).value();
    CHECK(text_of(*again) == "aBaa");
    again->write_at(2, bytes_of("C")).value();
    again->sync().value();
    w.crash("n1");
  }
  auto ports = w.boot("n1");
  CHECK(text_of(ports->files(), "/data/a") == "aaCa");
}

TEST_CASE("DK4: a lock is one open file's, and ends with it or with its host") {
  sim::world w{1};
  auto ports = w.boot("n1");
  auto f = ports->files().open("/data/a", {}).value();
  auto g = ports->files().open("/data/a", {}).value();
  CHECK(f->lock().has_value());
  CHECK(f->lock().has_value());
  CHECK(g->lock().error().code == errc::already_exists);
  f.reset();
  CHECK(g->lock().has_value());
  f = ports->files().open("/data/a", {}).value();
  f->sync().value();
  w.crash("n1");
  f.reset(), g.reset(), ports.reset();
  ports = w.boot("n1");
  CHECK(ports->files().open("/data/a", {}).value()->lock().has_value());
}

TEST_CASE("files are renamed, removed and looked for by what their paths say") {
  sim::world w{1};
  auto ports = w.boot("n1");
  auto& files = ports->files();
  files.make_directories("/data").value();
  CHECK(!files.exists("/data").value());  // nothing is in it
  files.open("/data/a", {}).value()->write_at(0, bytes_of("1")).value();
  CHECK(files.exists("/data").value());
  CHECK(files.open("/data/a", {.exclusive = true}).error().code == errc::already_exists);
  CHECK(files.open("/data/b", {.create = false}).error().code == errc::not_found);
  files.rename("/data/a", "/data/b").value();
  CHECK(text_of(files, "/data/b") == "1");
  CHECK(!files.exists("/data/a").value());
  CHECK(files.rename("/data/a", "/data/c").error().code == errc::not_found);
  files.remove("/data/b").value();
  CHECK(files.remove("/data/b").error().code == errc::not_found);
}

}  // namespace sim_disk_test
