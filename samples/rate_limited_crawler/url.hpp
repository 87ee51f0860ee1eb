// Addresses of pages: `http://host:port/path`, and what a link on a page leads to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <troupe/troupe.hpp>

namespace crawl {

struct url {
  troupe::port::endpoint site;
  std::string path = "/";

  friend bool operator==(const url&, const url&) = default;
};

inline std::string to_string(const url& u) { return "http://" + troupe::port::to_string(u.site) + u.path; }

/// Where `link` on the page `from` leads; none for what is no page of the web (`mailto:`, `https:`, `?`).
inline std::optional<url> follow(const url& from, std::string_view link) {
  link = link.substr(0, link.find('#'));
  if (link.starts_with('/')) return url{from.site, std::string{link}};
  constexpr std::string_view scheme = "http://";
  if (!link.starts_with(scheme)) return {};
  link.remove_prefix(scheme.size());
  const auto slash = std::min(link.find('/'), link.size());
  const auto site = troupe::port::parse_endpoint(std::string{link.substr(0, slash)});
  if (!site) return {};
  return url{*site, slash == link.size() ? "/" : std::string{link.substr(slash)}};
}

}  // namespace crawl
