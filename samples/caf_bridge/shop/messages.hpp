// The messages as a CAF program has them: structs with an `inspect`, and the names that CAF is told.
#pragma once

#include <caf/all.hpp>
#include <cstdint>
#include <string>

namespace shop {

struct deposit {
  std::string account;
  std::int64_t cents = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, deposit& m) {
  return f(caf::meta::type_name("deposit"), m.account, m.cents);
}

struct receipt {
  std::string account;
  std::int64_t cents = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, receipt& m) {
  return f(caf::meta::type_name("receipt"), m.account, m.cents);
}

struct subscribe {
  caf::actor who;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, subscribe& m) {
  return f(caf::meta::type_name("subscribe"), m.who);
}

struct shop_open {
  std::uint16_t port = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shop_open& m) {
  return f(caf::meta::type_name("shop_open"), m.port);
}

struct price {
  std::string of;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, price& m) {
  return f(caf::meta::type_name("price"), m.of);
}

struct close_up {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, close_up&) {
  return f(caf::meta::type_name("close_up"));
}

inline void announce(caf::actor_system_config& config) {
  config.add_message_type<deposit>("bridge.deposit");
  config.add_message_type<receipt>("bridge.receipt");
  config.add_message_type<subscribe>("bridge.subscribe");
  config.add_message_type<shop_open>("bridge.shop_open");
  config.add_message_type<price>("bridge.price");
  config.add_message_type<close_up>("bridge.close_up");
}

}  // namespace shop
