// Puts what the actors of a simulated host do into the record: each message as it is sent and as it is handled, each event of the system,
// each line of its log.
//
//     auto seen = std::make_shared<sim::witness>(w, "n1");
//     options.interceptors.push_back(seen);        // messages
//     options.log_to = seen->log();                // log lines
#pragma once

#include <memory>
#include <string>
#include <troupe/cell/interceptor.hpp>
#include <troupe/observe/hub.hpp>

namespace troupe::sim {

class world;

/// See above. The world outlives it.
class witness final : public interceptor, public std::enable_shared_from_this<witness> {
 public:
  /// Of the system on the host of that name.
  witness(world& in, std::string host) : world_(in), host_(std::move(host)) {}

  std::optional<error> before_receive(const message_view& m) override;
  void after_receive(const handled_message& m) override;

  /// A sink that records log lines.
  hub::log_sink log();

 private:
  world& world_;
  const std::string host_;
};

}  // namespace troupe::sim
