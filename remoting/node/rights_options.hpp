// The configuration of rights: the keys `node.public`, `node.services` and `node.rights.*`.
#pragma once

#include <map>
#include <string>
#include <troupe/rights/rights_table.hpp>

namespace troupe {

class config;
class config_schema;
struct node_options;

/// Adds the keys, and what they must be together (RI5) and with `node.name` and `node.tls.allow`.
void add_rights_keys(config_schema& s);

/// Reads them into `to`. REQUIRES: the configuration was made with them.
void read_rights(const config& c, node_options& to);

}  // namespace troupe
