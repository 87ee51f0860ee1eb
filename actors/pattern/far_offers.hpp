// What actors of other nodes offer, as a receptionist keeps it: node by node, whole nodes at a time where one is lost.
//
// Rules
//  FO1 A list of a service is in the order of the nodes' names, and of one node in the order of its numbers, which rise as actors were enlisted
//      there (D1).
//  FO2 Each offer has the protocol that its own node says. A list has those of one protocol; the others are kept, since nobody here has a say in
//      what a name means elsewhere.
//  FO3 A change tells the names of the services whose lists it has changed, and no others.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <troupe/ref/ref.hpp>
#include <vector>

namespace troupe {

/// An actor that offers a service.
struct service_offer {
  std::uint64_t number = 0;  ///< of one node, or one receptionist: in the order of enlisting
  std::string name = {};     ///< of the service
  std::string protocol = {};
  any_ref who = {};
  friend bool operator==(const service_offer&, const service_offer&) = default;
};

/// The end of one.
struct ended_offer {
  std::uint64_t number = 0;
  std::string name = {};
  friend bool operator==(const ended_offer&, const ended_offer&) = default;
};

namespace detail {

/// See above (FO1-FO3). Not thread-safe.
class far_offers {
 public:
  /// Offers of `node` end, and others begin. Returns the services whose lists have changed.
  std::set<std::string> change(const std::string& node, const std::vector<ended_offer>& gone,
                               const std::vector<service_offer>& come);
  /// `node` offers these from now on and nothing else. Returns the same.
  std::set<std::string> replace(const std::string& node, const std::vector<service_offer>& all);

  /// Adds to `to` who offers the service under that protocol.
  void list(const std::string& name, const std::string& protocol, std::vector<any_ref>& to) const;
  /// How many they are.
  std::size_t count(const std::string& name, const std::string& protocol) const;
  /// An offer of the service that is for other messages than `protocol`, with the name of its node; null: there is none.
  const std::string* other_protocol(const std::string& name, const std::string& protocol,
                                    std::string& node) const;
  /// All services, with a protocol each: that of the first node.
  std::map<std::string, std::string> services() const;

 private:
  struct one {
    std::string protocol;
    any_ref who;
    friend bool operator==(const one&, const one&) = default;
  };
  using by_number = std::map<std::uint64_t, one>;
  using by_name = std::map<std::string, by_number>;

  std::map<std::string, by_name> nodes_;
};

}  // namespace detail
}  // namespace troupe
