// What a service exchange needs of its node.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <troupe/engine/reply_slot.hpp>
#include <troupe/rights/rights_table.hpp>
#include <troupe/services/messages.hpp>
#include <vector>

namespace troupe::services {

/// See above. Thread-safe; outlives the exchange.
class exchange_host {
 public:
  /// The node's name.
  virtual std::string_view own_name() const noexcept = 0;
  /// The peer that waits for the answer in that slot, as its connection knows it; empty: none does.
  virtual std::string asker(const engine::reply_slot* slot) const = 0;
  /// The exchange of that peer, which has been met.
  virtual ref<services_wanted> exchange_of(const std::string& peer) = 0;
  /// Whether that peer can be reached now.
  virtual bool is_met(const std::string& peer) const = 0;
  /// All peers that can be reached now.
  virtual std::vector<std::string> met_peers() const = 0;
  /// Whether the service of that name is shared with anybody.
  virtual bool shares(std::string_view service) const noexcept = 0;
  /// What that peer may do.
  virtual rights::rights_of_peer rights_of(const std::string& peer) const = 0;
  /// That peer has said what it may not, for the reason in `why`: to be told of, at a pace.
  virtual void refused(const std::string& peer, std::string_view why) = 0;
  /// Offers that are taken from a peer.
  virtual std::size_t offers_max() const noexcept = 0;

 protected:
  ~exchange_host() = default;
};

}  // namespace troupe::services
