// Unix domain sockets: who may listen where, and who is at the other end (UX1-UX4).
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "os_fixture.hpp"

namespace os_unix_test {

using namespace troupe;
using namespace troupe::os_test;

namespace {

port::endpoint at_path(const std::string& path) {
  port::endpoint e;
  e.path = path;
  return e;
}

// A socket that is bound and listens, by nobody of ours; closed with the object, its file stays.
struct foreign_listener {
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  explicit foreign_listener(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, path.data(), path.size());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(fd, 1) == 0);
  }
  ~foreign_listener() { ::close(fd); }
};

}  // namespace

TEST_CASE("UX4: both ends of a Unix socket know the other's user, and bytes go both ways") {
  const temporary_directory dir;
  bench b;
  auto listening = b.platform->transport().listen(at_path(dir / "s"));
  REQUIRE(listening.has_value());
  CHECK((*listening)->local() == at_path(dir / "s"));
  auto near = b.connect((*listening)->local());
  auto far = b.accept(**listening);
  REQUIRE(near.has_value());
  REQUIRE(far.has_value());
  for (const auto* s : {near->get(), far->get()}) {
    CHECK(s->proof().how == port::peer_proof::kind::local_user);
    CHECK(s->proof().user == ::geteuid());
    CHECK(s->proof().own_user);
    CHECK(
        s->peer().starts_with("unix:" + dir.path + "/s (user " + std::to_string(::geteuid()) + ", process "));
  }
  std::byte got[8];
  REQUIRE((*near)->write_some(bytes_of("there")).value() == 5);
  CHECK((*far)->read_some(got).value() == 5);
  REQUIRE((*far)->write_some(bytes_of("back")).value() == 4);
  CHECK((*near)->read_some(got).value() == 4);
}

TEST_CASE("UX1: a path where another listens is taken, in this process and behind a foreign socket") {
  const temporary_directory dir;
  bench b;
  auto& t = b.platform->transport();
  const auto first = t.listen(at_path(dir / "s"));
  REQUIRE(first.has_value());
  const error taken{
      errc::already_exists,
      "unix:" + dir.path + "/s is taken by another program; stop that program or choose another path"};
  CHECK(t.listen(at_path(dir / "s")).error() == taken);
  CHECK(b.connect(at_path(dir / "s")).has_value());  // it has not been disturbed

  const foreign_listener other{dir / "other"};
  CHECK(t.listen(at_path(dir / "other")).error().code == errc::already_exists);
  CHECK(b.connect(at_path(dir / "other")).has_value());
}

TEST_CASE("UX1: a socket that a dead listener has left is replaced; a file that is no socket is not") {
  const temporary_directory dir;
  bench b;
  { const foreign_listener dead{dir / "s"}; }
  CHECK(b.connect(at_path(dir / "s")).error() == error{errc::unreachable, "connection refused"});
  const auto anew = b.platform->transport().listen(at_path(dir / "s"));
  REQUIRE(anew.has_value());
  CHECK(b.connect(at_path(dir / "s")).has_value());

  std::ofstream{dir / "letter"} << "dear";
  CHECK(b.platform->transport().listen(at_path(dir / "letter")).error() ==
        error{errc::already_exists,
              dir.path + "/letter is there already and is no socket; remove it or choose another path"});
}

TEST_CASE("UX2: a socket is for its own user until others are admitted") {
  const temporary_directory dir;
  const bench b;
  const auto listening = b.platform->transport().listen(at_path(dir / "s"));
  REQUIRE(listening.has_value());
  const auto mode = [&] {
    struct stat what {};
    REQUIRE(::stat((dir / "s").c_str(), &what) == 0);
    return what.st_mode & 0777;
  };
  CHECK(mode() == 0600);
  REQUIRE((*listening)->admit_other_users().has_value());
  CHECK(mode() == 0666);
}

TEST_CASE("UX3: a listener that goes takes its socket with it, and leaves one that has taken its place") {
  const temporary_directory dir;
  bench b;
  auto listening = b.platform->transport().listen(at_path(dir / "s"));
  REQUIRE(listening.has_value());
  SUBCASE("its own") {
    listening->reset();
    CHECK_FALSE(std::filesystem::exists(dir / "s"));
    const auto gone = b.connect(at_path(dir / "s"));
    REQUIRE(gone.has_error());
    CHECK(gone.error().code == errc::unreachable);
    CHECK(gone.error().text.ends_with("connection refused"));
  }
  SUBCASE("another's") {
    ::rename((dir / "s").c_str(), (dir / "kept").c_str());
    const foreign_listener other{dir / "s"};
    listening->reset();
    CHECK(std::filesystem::exists(dir / "s"));
  }
}

TEST_CASE("a path that is too long for a socket is an error that says how long it may be") {
  bench b;
  const std::string path = "/" + std::string(107, 'x');
  CHECK(b.platform->transport().listen(at_path(path)).error() ==
        error{errc::invalid,
              "unix:" + path +
                  ": the path of a Unix socket has at most 107 bytes and this one has 108; choose a "
                  "shorter one, as below /run"});
  CHECK(b.connect(at_path(path)).error().code == errc::unreachable);
}

TEST_CASE("an endpoint is written as unix: and a whole path") {
  CHECK(port::parse_endpoint("unix:/run/bank.sock").value() == at_path("/run/bank.sock"));
  CHECK(to_string(at_path("/run/bank.sock")) == "unix:/run/bank.sock");
  for (const char* text : {"unix:", "unix:bank.sock"})
    CHECK(port::parse_endpoint(text).error().text ==
          "'" + std::string{text} + "': write the whole path, for example unix:/run/bank.sock");
}

}  // namespace os_unix_test
