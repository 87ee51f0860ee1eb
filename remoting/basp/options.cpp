#include <algorithm>
#include <troupe/basp/options.hpp>
#include <troupe/config/config.hpp>
#include <troupe/node/options.hpp>

namespace troupe {

namespace {

std::string address_mistake(const std::string& address) {
  const bool text =
      std::all_of(address.begin(), address.end(), [](unsigned char c) { return c > ' ' && c < 127; });
  if (!address.empty() && text && address.find('/') == std::string::npos && address.front() != '[') return {};
  return "expected an address or a name of this machine without a port, such as 127.0.0.1 or ::1, got \"" +
         address + "\"";
}

std::string applications_mistake(const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), "") == names.end()) return {};
  return "expected names of applications, as in CAF's middleman.app-identifiers, not an empty one";
}

std::string exposure_mistake(const std::string& address, bool insecure) {
  if (insecure || is_loopback({address, 0})) return {};
  return "expected a loopback address, or basp.insecure = true: BASP has no authentication, and whoever "
         "reaches \"" +
         address + "\" can send messages to every actor (R7)";
}

std::string silence_mistake(duration interval, duration timeout) {
  if (timeout / 2 >= interval) return {};
  return "expected basp.connection_timeout to be at least twice basp.heartbeat_interval, or one lost moment "
         "is a lost "
         "peer; they are " +
         to_plain(timeout) + " and " + to_plain(interval);
}

}  // namespace

config_schema basp_options::schema() {
  const basp_options o;
  config_schema s;
  s.text("basp.address")
      .def(o.address)
      .check(address_mistake)
      .help("address at which actors are published to CAF peers");
  s.boolean("basp.insecure")
      .def(o.insecure)
      .help("publish at, and connect to, other addresses than loopback: BASP has no authentication (R7)");
  s.list("basp.applications")
      .def({})
      .check(applications_mistake)
      .help("what CAF peers call their application (middleman.app-identifiers); empty: CAF's default");
  s.duration("basp.connect_timeout")
      .def(o.connect_timeout)
      .range(milliseconds{10}, std::chrono::minutes{5})
      .help("how long a connection to a CAF peer, and then its handshake, may take");
  s.duration("basp.heartbeat_interval")
      .def(o.heartbeat_interval)
      .at_least(milliseconds{10})
      .help("how often CAF peers hear from this program");
  s.duration("basp.connection_timeout")
      .def(o.connection_timeout)
      .at_least(milliseconds{50})
      .help("a CAF peer that is silent for so long is given up; more than twice its own heartbeats");
  s.relate({"basp.address", "basp.insecure"}, [](const config& c) {
    return exposure_mistake(c.get_text("basp.address"), c.get_bool("basp.insecure"));
  });
  s.relate({"basp.connection_timeout", "basp.heartbeat_interval"}, [](const config& c) {
    return silence_mistake(c.get_duration("basp.heartbeat_interval"),
                           c.get_duration("basp.connection_timeout"));
  });
  return s;
}

basp_options basp_options::from(const config& c) {
  basp_options o;
  o.address = c.get_text("basp.address");
  o.insecure = c.get_bool("basp.insecure");
  o.applications = c.get_list("basp.applications");
  o.connect_timeout = c.get_duration("basp.connect_timeout");
  o.heartbeat_interval = c.get_duration("basp.heartbeat_interval");
  o.connection_timeout = c.get_duration("basp.connection_timeout");
  return o;
}

std::string mistake_in(const basp_options& o) {
  const auto about = [](const char* what, const std::string& why) {
    return why.empty() ? why : std::string{"basp_options::"} + what + ": " + why;
  };
  if (auto why = about("address", address_mistake(o.address)); !why.empty()) return why;
  if (auto why = about("address", exposure_mistake(o.address, o.insecure)); !why.empty()) return why;
  if (auto why = about("applications", applications_mistake(o.applications)); !why.empty()) return why;
  if (o.connect_timeout <= duration::zero() || o.heartbeat_interval <= duration::zero())
    return "basp_options: connect_timeout and heartbeat_interval are longer than nothing";
  return about("connection_timeout", silence_mistake(o.heartbeat_interval, o.connection_timeout));
}

}  // namespace troupe
