#include "service/driver/plan.hpp"

#include <algorithm>

namespace bench {

std::span<const service_section> service_plan() {
  static const std::vector<service_section> plan = {
      {"codec", "codec", {"troupe", "caf", "cereal", "protobuf"}, 1, 3'000'000},
      {"router", "router", {"troupe", "caf"}, 1, 5'000'000},
      {"router", "router", {"troupe", "caf"}, 2, 5'000'000},
      {"topic", "topic", {"troupe"}, 1, 5'000'000},
      {"topic", "topic", {"troupe"}, 2, 5'000'000},
      {"compile", "hello_O0", {"troupe", "caf"}, 1, 0},
      {"compile", "hello_O2", {"troupe", "caf"}, 1, 0},
      {"compile", "hello_pch", {"troupe", "caf"}, 1, 0},
  };
  return plan;
}

std::vector<std::string> command_of(const service_section& s, contestant who, bool quick,
                                    const std::string& programs, const std::string& build) {
  if (s.size == 0)
    return {"tests/bench/service/compile.sh", std::string(who), std::string(s.scenario), build};
  constexpr std::uint64_t quick_part = 10;
  const std::string kind = s.name == "codec" ? "codec_" : "fanout_";
  return {programs + "/" + kind + std::string(who), std::string(s.scenario), std::to_string(s.workers),
          std::to_string(quick ? s.size / quick_part : s.size)};
}

double service_target(std::string_view figure, contestant theirs) {
  if (figure.starts_with("hello_")) return theirs == "caf" ? 2 : 0;
  // Not the bytes: those are said, not raced for.
  return figure.starts_with("codec_") && figure != "codec_bytes" ? 1 : 0;
}

}  // namespace bench
