#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <troupe/config/file_text.hpp>
#include <troupe/config/text.hpp>

namespace troupe {

namespace configuration {

static_assert(config_file_bytes_max == std::size_t{1} << 20, "the text below names the limit");

std::string too_large_text(std::string_view name) { return printable(name) + ": larger than 1 MiB"; }

}  // namespace configuration

result<std::string> read_config_file(const std::string& name) {
  using configuration::printable;
  std::error_code ec;
  const auto status = std::filesystem::status(name, ec);
  if (status.type() == std::filesystem::file_type::not_found)
    return error{errc::not_found, printable(name) + ": no such file"};
  // A stream opens a directory without complaint and fails at the first read with nothing to tell.
  if (status.type() == std::filesystem::file_type::directory)
    return error{errc::invalid, printable(name) + ": a directory, not a file"};

  errno = 0;
  std::ifstream in(name, std::ios::binary);
  if (!in) {
    const auto reason = std::error_code(errno, std::generic_category());
    return error{errc::io, printable(name) + ": can't be opened: " + reason.message()};
  }
  // By what is read, not by the size it claims: a pipe or a device claims none.
  std::string text(config_file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return error{errc::io, printable(name) + ": can't be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > config_file_bytes_max) return error{errc::invalid, configuration::too_large_text(name)};
  return text;
}

}  // namespace troupe
