// Workers and listeners for tests of routers, topics and receptionists over nodes.
#pragma once

#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <utility>
#include <vector>

#include "unit/cell/world.hpp"

namespace crew_test {

/// Who are you?
struct who {
  std::string key;
  using reply = std::string;
};
TROUPE_CONTRACT(who, "crew_test.who", 1, key)
/// Note it.
struct news {
  std::int32_t number = 0;
};
TROUPE_CONTRACT(news, "crew_test.news", 1, number)
/// Stop.
struct retire {};
TROUPE_CONTRACT(retire, "crew_test.retire", 1)

/// Says and notes things under its name.
class hand : public troupe::actor<who, news, retire> {
 public:
  hand(std::string name, life::journal_ptr to) : name_(std::move(name)), to_(std::move(to)) {}
  std::string on(const who&) { return name_; }
  void on(const news& m) { to_->note(name_ + " " + std::to_string(m.number)); }
  void on(const retire&) { stop_self(); }

 private:
  std::string name_;
  life::journal_ptr to_;
};

}  // namespace crew_test
