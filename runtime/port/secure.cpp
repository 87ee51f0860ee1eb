#include <troupe/port/secure.hpp>

namespace troupe::port {

namespace {

constexpr std::string_view scheme = "troupe:";
constexpr std::string_view digits = "0123456789ABCDEF";

// RFC 3986's unreserved characters.
bool is_plain(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_string(const peer_proof& p) {
  switch (p.how) {
    case peer_proof::kind::none:
      break;
    case peer_proof::kind::local_user:
      return "user " + std::to_string(p.user);
    case peer_proof::kind::certificate: {
      std::string out = "a certificate for ";
      for (const auto& node : p.nodes) out += (&node == p.nodes.data() ? "" : ", ") + node;
      return p.nodes.empty() ? "a certificate for no node" : out;
    }
  }
  return "nothing";
}

std::string node_uri(std::string_view node) {
  std::string out{scheme};
  for (const char c : node) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string node_of_uri(std::string_view uri) {
  if (!uri.starts_with(scheme)) return {};
  uri.remove_prefix(scheme.size());
  std::string out;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] != '%') {
      if (!is_plain(uri[i])) return {};
      out += uri[i];
      continue;
    }
    if (uri.size() - i < 3) return {};
    const int high = digit(uri[i + 1]), low = digit(uri[i + 2]);
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace troupe::port
