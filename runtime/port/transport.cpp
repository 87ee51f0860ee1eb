#include <charconv>
#include <troupe/port/secure.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::port {

namespace {

constexpr std::string_view unix_scheme = "unix:";

}  // namespace

const peer_proof& stream::proof() const noexcept {
  static const peer_proof nothing;
  return nothing;
}

result<std::unique_ptr<secure_transport>> transport::secured(const credential_files&) {
  return error{errc::invalid, "this transport has no certificates"};
}

std::string to_string(const endpoint& e) {
  if (e.is_local()) return std::string{unix_scheme} + e.path;
  const bool v6 = e.host.find(':') != std::string::npos;
  return (v6 ? "[" + e.host + "]" : e.host) + ":" + std::to_string(e.port);
}

result<endpoint> parse_endpoint(const std::string& text) {
  if (text.starts_with(unix_scheme)) {
    endpoint local;
    local.path = text.substr(unix_scheme.size());
    if (!local.path.starts_with('/'))
      return error{errc::invalid, "'" + text + "': write the whole path, for example unix:/run/bank.sock"};
    return local;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return error{errc::invalid, "'" + text + "' is no host:port, for example 127.0.0.1:7000"};
  endpoint e;
  e.host = text.substr(0, colon);
  if (e.host.front() == '[' && e.host.back() == ']')
    e.host = e.host.substr(1, e.host.size() - 2);
  else if (e.host.find(':') != std::string::npos)
    return error{errc::invalid, "'" + text + "': write an IPv6 address in brackets, for example [::1]:7000"};
  const char* first = text.data() + colon + 1;
  const char* last = text.data() + text.size();
  unsigned port = 0;
  const auto [end, ec] = std::from_chars(first, last, port);
  if (ec != std::errc{} || end != last || port > 65535)
    return error{errc::invalid, "'" + text + "': the port is a number from 0 to 65535"};
  e.port = static_cast<std::uint16_t>(port);
  return e;
}

}  // namespace troupe::port
