// A till that may stand on any node that makes it, and what it is told.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <troupe/node/spawnable.hpp>
#include <troupe/troupe.hpp>

namespace shop {

struct sell {
  std::int64_t cents = 0;
  using reply = std::int64_t;  // what is in the till
};
TROUPE_CONTRACT(sell, "shop.sell", 1, cents)
struct jam {};
TROUPE_CONTRACT(jam, "shop.jam", 1)

/// Begins with some change each time it is made: what must survive belongs elsewhere.
class till : public troupe::actor<sell, jam> {
 public:
  explicit till(std::int64_t change) : cents_(change) {}
  std::int64_t on(const sell& m) { return cents_ += m.cents; }
  void on(const jam&) { throw std::runtime_error{"the drawer is jammed"}; }

 private:
  std::int64_t cents_;
};
TROUPE_SPAWNABLE(till, "shop.till", 1, std::int64_t)

}  // namespace shop
