#include "faulty_files.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

namespace sqlite_faulty_files_test {

using namespace troupe;
using namespace troupe::test;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::unique_ptr<port::file> make(faulty_files& disk, const std::string& path) {
  auto f = disk.open(path, {});
  REQUIRE(f.has_value());
  return std::move(*f);
}

/// A file with synced content and a synced name.
void lay_down(faulty_files& disk, const std::string& path, std::string_view content) {
  auto f = make(disk, path);
  REQUIRE(f->write_at(0, bytes_of(content)).has_value());
  REQUIRE(f->sync().has_value());
  REQUIRE(disk.sync_dir(".").has_value());
}

}  // namespace

TEST_CASE("F1: what is written is read at once, and holes read as zeros") {
  faulty_files disk(1);
  auto f = make(disk, "a");
  REQUIRE(f->write_at(3, bytes_of("xyz")).has_value());
  std::string into(10, '?');
  const auto n = f->read_at(0, {reinterpret_cast<std::byte*>(into.data()), into.size()});
  REQUIRE(n.has_value());
  CHECK(*n == 6);
  CHECK(into.substr(0, 6) == std::string("\0\0\0xyz", 6));
  CHECK(*f->size() == 6);
  REQUIRE(f->truncate(4).has_value());
  CHECK(*f->size() == 4);
  CHECK(*f->read_at(4, {reinterpret_cast<std::byte*>(into.data()), 1}) == 0);
}

TEST_CASE("F1: a lost power takes what was not synced and leaves what was") {
  faulty_files disk(1);
  lay_down(disk, "a", "old");
  {
    auto f = make(disk, "a");
    REQUIRE(f->write_at(0, bytes_of("new and longer")).has_value());
  }
  disk.restart(stop_kind::power_lost);
  CHECK(disk.content("a") == "old");
}

TEST_CASE("F1: the death of a process takes nothing") {
  faulty_files disk(1);
  auto f = make(disk, "a");
  REQUIRE(f->write_at(0, bytes_of("new")).has_value());
  disk.restart(stop_kind::process_dies);
  CHECK(disk.content("a") == "new");
  disk.restart(stop_kind::power_lost);
  CHECK(disk.names().empty());
}

TEST_CASE("F2: a torn write leaves whole sectors, old ones and new ones") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    faulty_files disk(seed);
    lay_down(disk, "a", std::string(1024, 'o'));
    auto f = make(disk, "a");
    REQUIRE(f->write_at(256, bytes_of(std::string(512, 'n'))).has_value());
    disk.restart(stop_kind::power_tears);
    const auto found = disk.content("a");
    const std::string o(256, 'o'), n(256, 'n');
    const bool whole =
        found == o + o + o + o || found == o + n + o + o || found == o + o + n + o || found == o + n + n + o;
    CHECK(whole);
    seen.insert(found);
  }
  CHECK(seen.size() == 4);
}

TEST_CASE("F2: a sector written twice may hold the first, the second or neither") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    faulty_files disk(seed);
    lay_down(disk, "a", "old");
    auto f = make(disk, "a");
    REQUIRE(f->write_at(0, bytes_of("one")).has_value());
    REQUIRE(f->write_at(0, bytes_of("two")).has_value());
    disk.restart(stop_kind::power_tears);
    seen.insert(disk.content("a"));
  }
  CHECK(seen == std::set<std::string>{"old", "one", "two"});
}

TEST_CASE("F2: a spoiled sector may lose bytes that were synced, its neighbours lose none") {
  bool spoiled = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    faulty_files disk(seed);
    lay_down(disk, "a", std::string(1536, 'o'));
    auto f = make(disk, "a");
    REQUIRE(f->write_at(600, bytes_of("n")).has_value());
    disk.restart(stop_kind::power_spoils);
    const auto found = disk.content("a");
    CHECK(found.substr(0, 512) == std::string(512, 'o'));
    CHECK(found.substr(1024) == std::string(512, 'o'));
    spoiled = spoiled || found.substr(512, 88) != std::string(88, 'o');
  }
  CHECK(spoiled);
}

TEST_CASE("F3: a synced file without a synced name is gone, a removed or renamed one may be back") {
  faulty_files disk(1);
  lay_down(disk, "kept", "k");
  lay_down(disk, "moved", "m");
  {
    auto f = make(disk, "lost");
    REQUIRE(f->write_at(0, bytes_of("x")).has_value());
    REQUIRE(f->sync().has_value());
  }
  REQUIRE(disk.remove("kept").has_value());
  REQUIRE(disk.rename("moved", "there").has_value());
  CHECK(disk.names() == std::vector<std::string>{"lost", "there"});
  disk.restart(stop_kind::power_lost);
  CHECK(disk.names() == std::vector<std::string>{"kept", "moved"});
  REQUIRE(disk.rename("moved", "there").has_value());
  REQUIRE(disk.sync_dir(".").has_value());
  disk.restart(stop_kind::power_lost);
  CHECK(disk.names() == std::vector<std::string>{"kept", "there"});
  CHECK(disk.content("there") == "m");
}

TEST_CASE("F4: after a stop open files are useless and locks are free") {
  faulty_files disk(1);
  auto f = make(disk, "a");
  REQUIRE(f->lock().has_value());
  auto second = make(disk, "a");
  CHECK(second->lock().error().code == errc::already_exists);
  disk.restart(stop_kind::process_dies);
  CHECK(f->size().error().code == errc::closed);
  auto third = make(disk, "a");
  CHECK(third->lock().has_value());
  f.reset();
  auto fourth = make(disk, "a");
  CHECK(fourth->lock().error().code == errc::already_exists);
  third.reset();
  CHECK(fourth->lock().has_value());
}

TEST_CASE("everything stops at the operation that was named, and not before") {
  faulty_files disk(1);
  disk.stop_at(3);
  auto f = make(disk, "a");
  CHECK(f->write_at(0, bytes_of("1")).has_value());
  CHECK_FALSE(disk.stopped());
  CHECK(f->write_at(1, bytes_of("2")).error().code == errc::closed);
  CHECK(disk.stopped());
  CHECK(disk.exists("a").error().code == errc::closed);
  disk.restart(stop_kind::process_dies);
  CHECK(disk.content("a") == "12");
}

TEST_CASE("F5: refusals come at their time with their code, and end") {
  faulty_files disk(1);
  auto f = make(disk, "a");
  disk.refuse_at(2, errc::io, 1);
  CHECK(f->sync().has_value());
  CHECK(f->write_at(0, bytes_of("abc")).error().code == errc::io);
  CHECK(f->sync().error().code == errc::io);
  CHECK(f->sync().has_value());
  disk.refuse_at(1, errc::disk_full, UINT64_MAX);
  CHECK(f->truncate(1).error().code == errc::disk_full);
  disk.refuse_nothing();
  CHECK(f->truncate(1).has_value());
}

TEST_CASE("when room runs out a write gets as far as it fits, and overwriting goes on") {
  faulty_files disk(1);
  auto f = make(disk, "a");
  disk.set_room(5);
  CHECK(f->write_at(0, bytes_of("abcdefgh")).error().code == errc::disk_full);
  CHECK(disk.content("a") == "abcde");
  CHECK(f->write_at(3, bytes_of("XY")).has_value());
  CHECK(f->truncate(6).error().code == errc::disk_full);
  CHECK(f->truncate(2).has_value());
  CHECK(f->write_at(2, bytes_of("abc")).has_value());
  CHECK(f->write_at(5, bytes_of("d")).error().code == errc::disk_full);
}

TEST_CASE("opening follows its mode") {
  faulty_files disk(1);
  CHECK(disk.open("a", {.create = false}).error().code == errc::not_found);
  CHECK(disk.open("/none/a", {}).error().code == errc::not_found);
  make(disk, "a");
  CHECK(disk.open("a", {.exclusive = true}).error().code == errc::already_exists);
  auto f = disk.open("a", {.write = false});
  REQUIRE(f.has_value());
  CHECK((*f)->write_at(0, bytes_of("x")).error().code == errc::invalid);
  REQUIRE(disk.make_directories("/x/y").has_value());
  CHECK(*disk.exists("/x"));
  CHECK(disk.open("/x/y/a", {}).has_value());
  CHECK(disk.remove("b").error().code == errc::not_found);
  CHECK(disk.rename("b", "c").error().code == errc::not_found);
}

}  // namespace sqlite_faulty_files_test
