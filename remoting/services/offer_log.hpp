// What is enlisted on this node, by the numbers of its changes, so that a peer is told what it has not heard yet and no more.
//
// Rules
//  OL1 Each beginning and each end is a change with the next number. An offer goes by the number of its beginning. Of an offer that has ended
//      only the end is remembered, and of ends the last `ends_max`: who has heard less than that is told all that lasts, anew.
//  OL2 A page has at most `page_offers_max` beginnings and `page_bytes_max` bytes, but at least one change, and goes as far as the last change it
//      has looked at. Of ends it has those of offers that began before it: of others nobody has heard.
//  OL3 Each question has a filter, the services that the peer may hear of; what it leaves out is passed over, and no gap says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <troupe/pattern/far_offers.hpp>
#include <troupe/services/messages.hpp>
#include <vector>

namespace troupe::services {

/// Whether a service of that name is told.
using service_filter = std::function<bool(std::string_view name)>;

/// See above (OL1-OL3). Not thread-safe.
class offer_log {
 public:
  static constexpr std::size_t page_offers_max = 500;
  static constexpr std::size_t page_bytes_max = 32u << 10;  ///< half of the least `node.message_max`

  /// One that remembers so many ends. `front_bytes`: what a ref costs besides its path.
  explicit offer_log(std::size_t ends_max, std::size_t front_bytes = 0)
      : ends_max_(ends_max), front_bytes_(front_bytes) {}

  /// An offer begins; `what.number` is the teller's own, for `ended`.
  void began(const service_offer& what);
  /// The offer that the teller knows by that number ends; nothing for one that it has not told of. Returns the name of its service.
  std::string ended(std::uint64_t number);

  /// The number of the last change.
  std::uint64_t last() const noexcept { return last_; }
  /// Whether there is something behind `after` for who hears of what `filter` lets through.
  bool has_news(std::uint64_t after, const service_filter& filter) const;
  /// The next page behind `after` (OL2); `anew`: from the beginning.
  services_told page(std::uint64_t after, bool anew, const service_filter& filter) const;
  /// Whether ends behind `after` are not remembered any more (OL1).
  bool has_forgotten(std::uint64_t after) const noexcept { return after < forgotten_; }

 private:
  struct ended_one {
    std::uint64_t began;
    std::string name;
  };

  std::size_t size_of(const service_offer& o) const;

  const std::size_t ends_max_, front_bytes_;
  std::uint64_t last_ = 0;
  std::uint64_t forgotten_ = 0;                   // the number of the last end that is not remembered
  std::map<std::uint64_t, service_offer> lasts_;  // by the number of its beginning
  std::map<std::uint64_t, ended_one> ends_;       // by the number of the end
  std::map<std::uint64_t, std::uint64_t> began_;  // by the teller's number
  std::map<std::string, std::size_t> counts_;     // of what lasts, by service
};

}  // namespace troupe::services
