#include "stress/options.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace stress {

std::string options::read(int argc, char** argv) {
  const std::array<std::pair<std::string_view, std::uint64_t*>, 6> known{{{"--seed", &seed},
                                                                          {"--seconds", &seconds},
                                                                          {"--actors", &actors},
                                                                          {"--workers", &workers},
                                                                          {"--messages", &messages},
                                                                          {"--patience", &patience}}};
  for (int i = 1; i < argc; i += 2) {
    std::uint64_t* to = nullptr;
    for (const auto& [name, value] : known)
      if (name == argv[i]) to = value;
    if (!to)
      return "stress knows --seed, --seconds, --actors, --workers, --messages and --patience, not '" +
             std::string{argv[i]} + "'";
    const std::string_view given = i + 1 < argc ? argv[i + 1] : "";
    const auto [end, ec] = std::from_chars(given.data(), given.data() + given.size(), *to);
    if (given.empty() || ec != std::errc{} || end != given.data() + given.size())
      return std::string{argv[i]} + " needs a number";
  }
  if (actors < 20) return "--actors: 20 at least";
  return {};
}

}  // namespace stress
