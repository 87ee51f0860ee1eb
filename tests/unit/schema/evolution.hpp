// One message in many versions, as many programs would have it. Each namespace is a program; the struct has the same wire
// name in all, and the comments say what changed since `base`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/contract/contract.hpp>
#include <variant>
#include <vector>

// A program: an enum, the order and a message that holds one between two others.
#define EVOLUTION_MESSAGE(space)                                    \
  struct parcel {                                                   \
    std::uint16_t before = 0;                                       \
    std::vector<order> orders;                                      \
    std::uint16_t behind = 0;                                       \
    friend bool operator==(const parcel&, const parcel&) = default; \
  };                                                                \
  TROUPE_CONTRACT(parcel, "evo.parcel", 1, before, orders, behind)

#define EVOLUTION_KIND                              \
  enum class kind : std::uint16_t { a = 1, b = 2 }; \
  TROUPE_CONTRACT_ENUM(kind, "evo.kind", a, b)

namespace evo::base {
EVOLUTION_KIND
struct order {
  std::string item;
  std::int32_t cents = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 1, item, cents, what, note)
EVOLUTION_MESSAGE(base)
}  // namespace evo::base

namespace evo::appended {
EVOLUTION_KIND
struct order {
  std::string item;
  std::int32_t cents = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  std::string gift = "none";
  std::vector<std::int32_t> extra{7};
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, item, cents, what, note, gift, extra)
EVOLUTION_MESSAGE(appended)
}  // namespace evo::appended

namespace evo::forgotten {  // appended, and the version was not raised
EVOLUTION_KIND
struct order {
  std::string item;
  std::int32_t cents = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  std::string gift = "none";
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 1, item, cents, what, note, gift)
EVOLUTION_MESSAGE(forgotten)
}  // namespace evo::forgotten

namespace evo::widened {
EVOLUTION_KIND
struct order {
  std::string item;
  std::int64_t cents = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, item, cents, what, note)
EVOLUTION_MESSAGE(widened)
}  // namespace evo::widened

namespace evo::retyped {  // cents became text
EVOLUTION_KIND
struct order {
  std::string item;
  std::string cents;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, item, cents, what, note)
EVOLUTION_MESSAGE(retyped)
}  // namespace evo::retyped

namespace evo::renamed {  // cents is called price
EVOLUTION_KIND
struct order {
  std::string item;
  std::int32_t price = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, item, price, what, note)
EVOLUTION_MESSAGE(renamed)
}  // namespace evo::renamed

namespace evo::removed {  // cents went
EVOLUTION_KIND
struct order {
  std::string item;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, item, what, note)
EVOLUTION_MESSAGE(removed)
}  // namespace evo::removed

namespace evo::reordered {  // cents before item
EVOLUTION_KIND
struct order {
  std::string item;
  std::int32_t cents = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, cents, item, what, note)
EVOLUTION_MESSAGE(reordered)
}  // namespace evo::reordered

namespace evo::richer {  // the enum has a value more, the variant an alternative
enum class kind : std::uint16_t { a = 1, b = 2, c = 3 };
TROUPE_CONTRACT_ENUM(kind, "evo.kind", a, b, c)
struct order {
  std::string item;
  std::int32_t cents = 0;
  kind what = kind::a;
  std::variant<std::int32_t, std::string, bool> note;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "evo.order", 2, item, cents, what, note)
EVOLUTION_MESSAGE(richer)
}  // namespace evo::richer
