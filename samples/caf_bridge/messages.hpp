// What the bank and the shop say to each other, as troupe has it. The shop has the same structs with CAF's `inspect` (shop/messages.hpp): the
// names of the contracts and the order of the fields are what both have in common.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/ref.hpp>

namespace bridge {

struct deposit {
  std::string account;
  std::int64_t cents = 0;
  using reply = std::int64_t;  // what is there now
};
TROUPE_CONTRACT(deposit, "bridge.deposit", 1, account, cents)

/// The shop asks to be told of this.
struct receipt {
  std::string account;
  std::int64_t cents = 0;
};
TROUPE_CONTRACT(receipt, "bridge.receipt", 1, account, cents)
struct subscribe {
  troupe::ref<receipt> who;  // a caf::actor there
};
TROUPE_CONTRACT(subscribe, "bridge.subscribe", 1, who)

/// The shop has published its counter at that port.
struct shop_open {
  std::uint16_t port = 0;
};
TROUPE_CONTRACT(shop_open, "bridge.shop_open", 1, port)

/// Asked at the counter.
struct price {
  std::string of;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(price, "bridge.price", 1, of)
struct close_up {};
TROUPE_CONTRACT(close_up, "bridge.close_up", 1)

}  // namespace bridge
