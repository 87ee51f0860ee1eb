#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <troupe/config/file_text.hpp>

namespace config_file_text_test {

namespace {

// A directory of this test's own, gone with it.
struct directory {
  std::string path = (std::filesystem::temp_directory_path() / "troupe-config-XXXXXX").string();
  directory() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path + '/' + name, std::ios::binary) << text;
    return path + '/' + name;
  }
};

}  // namespace

TEST_CASE("a file is read whole, as it is") {
  const directory dir;
  const std::string text("a = 1\r\n\0\xff", 9);
  CHECK(troupe::read_config_file(dir.write("kv.toml", text)).value() == text);
  CHECK(troupe::read_config_file(dir.write("empty.toml", "")).value().empty());
}

TEST_CASE("a file that does not exist says so with its name") {
  const directory dir;
  const auto text = troupe::read_config_file(dir.path + "/kv.toml");
  REQUIRE(!text);
  CHECK(text.error().code == troupe::errc::not_found);
  CHECK(text.error().text == dir.path + "/kv.toml: no such file");
}

TEST_CASE("a directory is no file") {
  const directory dir;
  const auto text = troupe::read_config_file(dir.path);
  REQUIRE(!text);
  CHECK(text.error().code == troupe::errc::invalid);
  CHECK(text.error().text == dir.path + ": a directory, not a file");
}

TEST_CASE("a file of 1 MiB is read, a larger one and one without end are refused") {
  const directory dir;
  const std::string most(troupe::config_file_bytes_max, '#');
  CHECK(troupe::read_config_file(dir.write("most.toml", most)).value().size() == most.size());
  const auto huge = troupe::read_config_file(dir.write("huge.toml", most + '#'));
  REQUIRE(!huge);
  CHECK(huge.error().code == troupe::errc::invalid);
  CHECK(huge.error().text == dir.path + "/huge.toml: larger than 1 MiB");
  CHECK(troupe::read_config_file("/dev/zero").error().text == "/dev/zero: larger than 1 MiB");
}

TEST_CASE("a file that can't be opened says why") {
  const directory dir;
  const auto through = dir.write("kv.toml", "") + "/x";
  const auto text = troupe::read_config_file(through);
  REQUIRE(!text);
  CHECK(text.error().text.starts_with(through + ": "));
  const std::string endless(5000, 'a');
  CHECK(troupe::read_config_file(endless).error().code == troupe::errc::io);
  CHECK(troupe::read_config_file(endless).error().text == endless + ": can't be opened: File name too long");
}

}  // namespace config_file_text_test
