// Puts what the actors of a simulated host do into the record: each message as it is handled and what becomes of it, each line of its log.
//
//     auto seen = std::make_shared<sim::witness>(w, "n1");
//     options.interceptors.push_back(seen);        // messages
//     options.log_to = seen->log();                // log lines
//
// Rules
//  WI1 A message that is handled names its cause: the handling in which it was sent. A trace knows it exactly, across waits and nodes (TC2).
//      Without one it is the handling of its sender that is not over yet, the newest if there are several (handlers that are interleaved).
//      What an actor sends of itself (from `on_start`, a timer, what it has launched) names the last message that it had handled, loosely.
//      What a plain thread sends has no cause.
//      A message from another host names its sender there, `n1:/user/bank/teller`, where it is known who that was (under_way.hpp).
//  WI2 Causes are numbers of lines and follow from what happened, never from where in memory it did (D1).
#pragma once

#include <memory>
#include <string>
#include <troupe/cell/interceptor.hpp>
#include <troupe/observe/hub.hpp>
#include <troupe/sim/under_way.hpp>
#include <unordered_map>
#include <vector>

namespace troupe::sim {

class world;

/// See above (WI1, WI2). The world outlives it. For one system.
class witness final : public interceptor, public std::enable_shared_from_this<witness> {
 public:
  /// Of the system on the host of that name.
  witness(world& in, std::string host) : world_(in), host_(std::move(host)) {}

  std::optional<error> before_send(const message_view& m) override;
  std::optional<error> before_receive(const message_view& m) override;
  void after_receive(const handled_message& m) override;

  /// A sink that records log lines.
  hub::log_sink log();

 private:
  /// A message in an envelope of this system, found by where its payload lies: it does from its sending to its end.
  struct sent {
    const message_type* type;
    std::uint64_t sender;
    origin cause;
  };
  /// A handling that is not over.
  struct handling_line {
    const message_type* type;
    std::uint64_t line;
  };
  /// What an actor has handled.
  struct history {
    std::vector<handling_line> open = {};
    std::uint64_t last = 0;
  };
  static constexpr std::size_t actors_max = 10'000;  // of whom is remembered what they had handled

  origin of_running() const;
  origin cause_of(const message_view& m, const std::string& text);

  world& world_;
  const std::string host_;
  std::unordered_map<const void*, sent> sent_;          // WI2: looked up, never walked through
  std::unordered_map<std::uint64_t, history> handled_;  // by the actor's number
};

}  // namespace troupe::sim
