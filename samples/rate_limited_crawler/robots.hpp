// What a site asks of crawlers: the part of RFC 9309 for `User-agent: *`, and the delay that many sites add to it. Pure.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <troupe/troupe.hpp>
#include <vector>

namespace crawl {

struct robots {
  std::vector<std::string> disallowed;                    ///< beginnings of paths
  troupe::duration delay = std::chrono::milliseconds{2};  ///< between two requests, 0 to 10 s

  bool allow(std::string_view path) const {
    for (const auto& beginning : disallowed)
      if (path.starts_with(beginning)) return false;
    return true;
  }

  /// Lines that are not understood are skipped, as the RFC wants it.
  static robots from(std::string_view text) {
    robots out;
    bool for_us = false;
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto value_of = [line](std::string_view name) {
        return line.starts_with(name)
                   ? line.substr(std::min(line.find_first_not_of(' ', name.size()), line.size()))
                   : std::string_view{};
      };
      if (const auto who = value_of("User-agent:"); !who.empty()) for_us = who == "*";
      if (!for_us) continue;
      if (const auto path = value_of("Disallow:"); !path.empty() && out.disallowed.size() < 1'000)
        out.disallowed.emplace_back(path);
      double seconds = 0;
      const auto delay = value_of("Crawl-delay:");
      const auto [rest, ec] = std::from_chars(delay.data(), delay.data() + delay.size(), seconds);
      if (ec == std::errc{} && seconds >= 0 && seconds <= 10)
        out.delay = troupe::duration{static_cast<troupe::duration::rep>(seconds * 1e9)};
    }
    return out;
  }
};

}  // namespace crawl
