// Every version meets every other, in both forms; and what `compare` says of two versions is what then happens.
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/json/json.hpp>
#include <troupe/schema/compare.hpp>
#include <troupe/schema/contracts.hpp>

#include "evolution.hpp"

namespace schema_evolution_test {

namespace {

using troupe::schema::change_kind;
using troupe::schema::verdict;

/// What a form of a value is read as by another program; nothing when it is refused.
template <class To, class From>
std::optional<To> by_bytes(const From& v) {
  auto r = troupe::unpack<To>(troupe::pack(v));
  return r ? std::optional<To>{std::move(*r)} : std::nullopt;
}

template <class To, class From>
std::optional<To> by_json(const From& v) {
  auto r = troupe::from_json<To>(troupe::to_json(v));
  return r ? std::optional<To>{std::move(*r)} : std::nullopt;
}

/// The fields that all programs have, by name, as text: what both sides should agree on.
template <class Order>
std::string common(const Order& o) {
  std::string out = o.item + "|";
  if constexpr (requires { o.cents; }) out += troupe::to_json(o.cents);
  out += "|" + troupe::to_json(o.what) + "|" + troupe::to_json(o.note);
  return out;
}

/// Whether orders of one program arrive in another with what both have, and their neighbours unharmed.
template <class FromOrder, class FromParcel, class ToParcel, class Read>
bool arrives(const std::vector<FromOrder>& orders, Read read) {
  const FromParcel sent{11, orders, 22};
  const std::optional<ToParcel> got = read(sent);
  if (!got || got->before != 11 || got->behind != 22 || got->orders.size() != orders.size()) return false;
  for (std::size_t i = 0; i < orders.size(); ++i)
    if (common(got->orders[i]) != common(orders[i])) return false;
  return true;
}

/// Some orders of a program, with values that all programs know.
template <class Order>
std::vector<Order> plain_orders() {
  Order first, second;
  first.item = "book", second.item = "pen";
  if constexpr (requires { first.cents; }) {
    if constexpr (std::is_integral_v<decltype(first.cents)>)
      first.cents = 1290, second.cents = -3;
    else
      first.cents = "1290", second.cents = "-3";
  }
  second.what = decltype(second.what){2};
  second.note = std::string{"fragile"};
  return {first, second};
}

template <class Was, class WasOrder, class Now, class NowOrder>
struct meeting {
  static constexpr auto bytes_old = [](const Now& v) { return by_bytes<Was>(v); };
  static constexpr auto bytes_new = [](const Was& v) { return by_bytes<Now>(v); };
  static constexpr auto json_old = [](const Now& v) { return by_json<Was>(v); };
  static constexpr auto json_new = [](const Was& v) { return by_json<Now>(v); };

  static bool binary() {
    return arrives<WasOrder, Was, Now>(plain_orders<WasOrder>(), bytes_new) &&
           arrives<NowOrder, Now, Was>(plain_orders<NowOrder>(), bytes_old);
  }
  static bool json() {
    return arrives<WasOrder, Was, Now>(plain_orders<WasOrder>(), json_new) &&
           arrives<NowOrder, Now, Was>(plain_orders<NowOrder>(), json_old);
  }
  static std::vector<troupe::schema::change> changes() {
    return troupe::schema::compare(troupe::contracts<Was>(), troupe::contracts<Now>());
  }
  static verdict worst(bool binary_only) {
    verdict out = verdict::safe;
    for (const auto& c : changes())
      if (c.kind != change_kind::version_not_raised && c.kind != change_kind::version_lowered)
        out = std::max(out, verdict_of(c, binary_only));
    return out;
  }
  static bool says(change_kind kind) {
    const auto all = changes();
    return std::any_of(all.begin(), all.end(), [kind](const auto& c) { return c.kind == kind; });
  }
};

#define MEETING(was, now) meeting<evo::was::parcel, evo::was::order, evo::now::parcel, evo::now::order>

}  // namespace

TEST_CASE_TEMPLATE("C2, JC2: programs that follow the rule read each other in both forms", pair,
                   MEETING(base, base), MEETING(base, appended), MEETING(base, widened),
                   MEETING(base, richer), MEETING(appended, appended), MEETING(richer, richer),
                   MEETING(base, forgotten), MEETING(forgotten, appended)) {
  CHECK(pair::binary());
  CHECK(pair::json());
  CHECK(pair::worst(false) < verdict::breaking);
}

TEST_CASE_TEMPLATE(
    "C2: programs that break the rule are told apart by compare, and do not understand each other", pair,
    MEETING(base, retyped), MEETING(base, removed)) {
  CHECK_FALSE((pair::binary() && pair::json()));
  CHECK(pair::worst(false) == verdict::breaking);
  CHECK(pair::worst(true) == verdict::breaking);
  CHECK_FALSE(pair::binary());
}

TEST_CASE("C2: fields in another order are for JSON the same, for bytes another message") {
  using pair = MEETING(base, reordered);
  CHECK_FALSE(pair::binary());
  CHECK(pair::json());
  CHECK(pair::says(change_kind::field_reordered));
  CHECK(pair::worst(true) == verdict::breaking);
}

TEST_CASE("JC2: a renamed field is for bytes the same, for JSON another field") {
  const evo::base::order sent{"book", 5, evo::base::kind::b, 3};
  CHECK(by_bytes<evo::renamed::order>(sent)->price == 5);
  CHECK(by_json<evo::renamed::order>(sent)->price == 0);
  using pair = MEETING(base, renamed);
  CHECK(pair::says(change_kind::field_renamed));
  CHECK(pair::worst(false) == verdict::breaking);
  CHECK(pair::worst(true) == verdict::safe);
}

TEST_CASE("C2: what was appended keeps its initialiser in messages that are older, in both forms") {
  const evo::base::order sent{"book", 5, evo::base::kind::a, 3};
  const evo::appended::order wanted{"book", 5, evo::appended::kind::a, 3, "none", {7}};
  CHECK(by_bytes<evo::appended::order>(sent) == wanted);
  CHECK(by_json<evo::appended::order>(sent) == wanted);
  CHECK(MEETING(base, appended)::says(change_kind::field_appended));
  CHECK(MEETING(base, forgotten)::says(change_kind::version_not_raised));
}

TEST_CASE("K4: careful changes: an old reader takes what it knows and refuses the rest, in both forms") {
  const evo::widened::order large{"book", std::int64_t{1} << 40, evo::widened::kind::a, 3};
  CHECK_FALSE(by_bytes<evo::base::order>(large).has_value());
  CHECK_FALSE(by_json<evo::base::order>(large).has_value());
  CHECK(MEETING(base, widened)::worst(false) == verdict::careful);
  // And the way back: it is the new reader that refuses.
  CHECK(MEETING(widened, base)::says(change_kind::field_narrowed));
  CHECK(MEETING(widened, base)::worst(true) == verdict::breaking);

  evo::richer::order other{"book", 5, evo::richer::kind::c, 3};
  CHECK_FALSE(by_bytes<evo::base::order>(other).has_value());
  CHECK_FALSE(by_json<evo::base::order>(other).has_value());
  other.what = evo::richer::kind::a, other.note = true;
  CHECK_FALSE(by_bytes<evo::base::order>(other).has_value());
  CHECK_FALSE(by_json<evo::base::order>(other).has_value());
  CHECK(MEETING(base, richer)::says(change_kind::value_added));
  CHECK(MEETING(base, richer)::says(change_kind::alternative_appended));
  CHECK(MEETING(base, richer)::worst(false) == verdict::careful);
}

TEST_CASE(
    "C2: two programs that went different ways read each other as far as they agree, and compare says what "
    "is lost") {
  using pair = MEETING(appended, widened);
  CHECK(pair::binary());
  CHECK(pair::json());
  CHECK(pair::says(change_kind::field_removed));
  CHECK(pair::worst(true) == verdict::breaking);
}

}  // namespace schema_evolution_test
