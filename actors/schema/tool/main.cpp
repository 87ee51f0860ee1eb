// troupe_contract: see troupe/schema/command.hpp.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <troupe/base/limits.hpp>
#include <troupe/schema/command.hpp>
#include <vector>

namespace {

troupe::result<std::string> read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return troupe::error{troupe::errc::not_found, std::strerror(errno)};
  // One byte more than is allowed shows that there is more.
  std::string text(troupe::limits::json_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return troupe::error{troupe::errc::io, std::strerror(errno)};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const auto done = troupe::schema::run_command({argv + 1, argv + argc}, read_file);
  std::cout << done.out << std::flush;
  std::cerr << done.err;
  // A report that was cut short must not pass for a good one.
  return std::cout ? done.code : 2;
}
