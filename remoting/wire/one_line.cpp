#include <algorithm>
#include <troupe/wire/one_line.hpp>

namespace troupe::wire {

std::string one_line(std::string_view text) {
  std::string out{text};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

}  // namespace troupe::wire
