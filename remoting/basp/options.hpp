// How a troupe system meets CAF peers.
//
// Rules
//  BO1 BASP has no authentication: whoever connects can send every actor whose number it guesses whatever it understands, and CAF's `kill`. So
//      nothing but loopback is listened at or connected to, unless `insecure = true` is written out (R7's spirit).
#pragma once

#include <functional>
#include <string>
#include <troupe/base/units.hpp>
#include <troupe/basp/types.hpp>
#include <vector>

namespace caf {
class actor_system_config;
}  // namespace caf

namespace troupe {

class config;
class config_schema;

/// The settings. Each that can be given in a configuration has its key in its comment; see `schema`.
struct basp_options {
  std::string address = "127.0.0.1";  ///< `basp.address`: where published actors can be reached
  bool insecure = false;              ///< `basp.insecure`: other addresses than loopback may be used (BO1)
  /// `basp.applications`: a peer must name one of them too, or is refused; empty: CAF's `generic-caf-app`
  std::vector<std::string> applications = {};
  duration connect_timeout =
      seconds{5};  ///< `basp.connect_timeout`: for the connection, and again for the handshake
  duration heartbeat_interval =
      seconds{10};  ///< `basp.heartbeat_interval`: how often peers hear from this one
  duration connection_timeout =
      seconds{30};        ///< `basp.connection_timeout`: a peer that is silent for so long is given up
  basp_types types = {};  ///< the messages that may go to and come from CAF peers
  /// What else CAF's configuration should have: `add_message_type` for types without a contract, `set` for CAF's own settings.
  std::function<void(caf::actor_system_config&)> configure = {};

  /// The keys above and what they must be together, for a program to add to its own.
  static config_schema schema();

  /// Reads them. REQUIRES: the configuration was made with `schema()`.
  static basp_options from(const config& c);
};

/// What makes no sense in them, in one line that names the thing and the fix; "" for nothing. Pure.
std::string mistake_in(const basp_options& o);

}  // namespace troupe
