// What a node does for its service exchange (remoting/services): starts it, tells it whom it has met and lost, and answers what it asks.
//
// Rules
//  NX1 A node that shares services needs a receptionist: without one it does not start, and says what to add. Which of the two extensions
//      comes first means nothing.
//  NX2 Its exchange stops with `/user`, before the links do; from then on nothing is told to it. One that fails is put back before (GU1, SX9).
//  NX3 Every peer may ask the exchange, which judges each question itself (SX4), and send it nothing else: not what the system side
//      understands either.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <troupe/cell/resolver.hpp>
#include <troupe/node/options.hpp>
#include <troupe/node/refusals.hpp>
#include <troupe/services/exchange.hpp>
#include <vector>

namespace troupe::detail {

/// See above (NX1-NX3). Thread-safe once it has started.
class sharing final : public services::exchange_host {
 public:
  /// All of them outlive it. `is_met` says whether a peer can be reached now, `met` which can.
  sharing(const node_options& options, const rights::rights_table& table, refusals& told,
          node_directory& nodes, std::function<bool(const std::string&)> is_met,
          std::function<std::vector<std::string>()> met)
      : options_(options),
        table_(table),
        told_(told),
        nodes_(nodes),
        is_met_(std::move(is_met)),
        met_(std::move(met)) {}

  /// Throws `failed` with `invalid` for a node with these settings that lacks something (NX1). To be called before it starts anything.
  static void check(system& sys, const node_options& options);
  /// The rights that these settings give, with those that shared services come to (NX3).
  static std::map<std::string, peer_rights> rights_with_services(const node_options& options);
  /// Starts the exchange.
  void start(system& sys);
  /// That peer can be reached from now on.
  void met(const std::string& peer) const;
  /// That peer is declared down.
  void lost(const std::string& peer) const;

  std::string_view own_name() const noexcept override { return options_.name; }
  std::string asker(const engine::reply_slot* slot) const override;
  ref<services_wanted> exchange_of(const std::string& peer) override;
  bool is_met(const std::string& peer) const override { return is_met_(peer); }
  std::vector<std::string> met_peers() const override { return met_(); }
  bool shares(std::string_view service) const noexcept override;
  rights::rights_of_peer rights_of(const std::string& peer) const override { return table_.of(peer); }
  void refused(const std::string& peer, std::string_view why) override;
  std::size_t offers_max() const noexcept override { return options_.services_max; }

 private:
  bool runs() const;

  const node_options& options_;
  const rights::rights_table& table_;
  refusals& told_;
  node_directory& nodes_;
  const std::function<bool(const std::string&)> is_met_;
  const std::function<std::vector<std::string>()> met_;
  ref<services::exchange> exchange_;  // not changed once it has started
};

}  // namespace troupe::detail
