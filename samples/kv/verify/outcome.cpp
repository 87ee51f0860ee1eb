#include "kv/verify/outcome.hpp"

namespace kv::verify {

std::string_view to_string(ending e) noexcept {
  switch (e) {
    case ending::answered:
      return "answered";
    case ending::refused:
      return "refused";
    case ending::closed:
      return "closed";
    case ending::no_answer:
      return "no-answer";
    case ending::unavailable:
      return "UNAVAILABLE";
    case ending::timeout:
      return "TIMEOUT";
    case ending::overloaded:
      return "OVERLOADED";
    case ending::loading:
      return "LOADING";
    case ending::failure:
      break;
  }
  return "failure";
}

ending classify_error(std::string_view reply) noexcept {
  const auto word = reply.substr(0, reply.find(' '));
  for (const auto e : {ending::unavailable, ending::timeout, ending::overloaded, ending::loading})
    if (word == to_string(e)) return e;
  return ending::failure;
}

std::string describe_errors(const ending_counts& counts) {
  std::string out;
  for (std::size_t i = 0; i < endings; ++i) {
    const auto e = static_cast<ending>(i);
    if (e == ending::answered || counts[i] == 0) continue;
    if (!out.empty()) out += ", ";
    out.append(to_string(e)).append(" ").append(std::to_string(counts[i]));
  }
  return out.empty() ? "none" : out;
}

}  // namespace kv::verify
