// The configuration of `detector_settings`: the keys `node.detector.*`.
#pragma once

#include <troupe/detector/detector_settings.hpp>

namespace troupe {

class config;
class config_schema;

/// Adds the keys, and what they must be with `node.heartbeat_limit`.
void add_detector_keys(config_schema& s);

/// Reads them. REQUIRES: the configuration was made with them.
detector_settings detector_settings_from(const config& c);

}  // namespace troupe
