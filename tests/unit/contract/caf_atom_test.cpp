// Messages that CAF knows as an atom and values.
#include <doctest/doctest.h>

#include <caf/atom.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/message_handler.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <troupe/contract/caf_atom.hpp>
#include <troupe/contract/contract.hpp>

namespace caf_atom_side {

struct sum {
  std::int32_t a = 0;
  long b = 0;  // CAF's int64_t
  std::string unit;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(sum, "caf_atom_side.sum", 1, a, b, unit)
struct reset {};
TROUPE_CONTRACT(reset, "caf_atom_side.reset", 1)

}  // namespace caf_atom_side

TROUPE_CAF_ATOM(caf_atom_side::sum, "add")
TROUPE_CAF_ATOM(caf_atom_side::reset, "reset")

namespace caf_atom_test {

using caf_atom_side::reset;
using caf_atom_side::sum;
using add_atom = caf::atom_constant<caf::atom("add")>;
using reset_atom = caf::atom_constant<caf::atom("reset")>;

namespace {

template <class M>
caf::message sent(const M& m) {
  caf::message out;
  troupe::message_type_of<M>.to_caf(&m, out);
  return out;
}

template <class M>
std::optional<M> received(caf::message from) {
  alignas(M) std::byte room[sizeof(M)];
  const troupe::message_type& t = troupe::message_type_of<M>;
  if (!t.from_caf(room, from)) return {};
  std::optional<M> out{std::move(*reinterpret_cast<M*>(room))};
  t.end(room);
  return out;
}

}  // namespace

TEST_CASE("AT1: a message with an atom arrives in the handler that CAF programs write for it") {
  std::string got;
  caf::message_handler handler{[&](add_atom, std::int32_t a, std::int64_t b, const std::string& unit) {
                                 got = std::to_string(a + b) + unit;
                               },
                               [&](reset_atom) { got = "reset"; }};
  caf::message m = sent(sum{1, 2, " eur"});
  handler(m);
  CHECK(got == "3 eur");
  m = sent(reset{});
  handler(m);
  CHECK(got == "reset");
}

TEST_CASE(
    "AT1: it comes back from there, and another atom, another count or another type is another message") {
  const auto back =
      received<sum>(caf::make_message(add_atom::value, std::int32_t{4}, std::int64_t{5}, std::string{"x"}));
  REQUIRE(back.has_value());
  CHECK(back->a == 4);
  CHECK(back->b == 5);
  CHECK(back->unit == "x");
  CHECK(received<reset>(caf::make_message(reset_atom::value)).has_value());
  const std::int32_t a = 4;
  const std::int64_t b = 5;
  const std::string x = "x";
  CHECK_FALSE(received<sum>(caf::make_message(reset_atom::value, a, b, x)));
  CHECK_FALSE(received<sum>(caf::make_message(add_atom::value, a, b)));
  CHECK_FALSE(received<sum>(caf::make_message(add_atom::value, a, b, x, x)));
  CHECK_FALSE(received<sum>(caf::make_message(add_atom::value, b, b, x)));
  CHECK_FALSE(received<sum>(caf::make_message(x, a, b, x)));
  CHECK_FALSE(received<reset>(caf::make_message()));
  CHECK_FALSE(received<reset>(caf::make_message(add_atom::value)));
}

static_assert(troupe::detail::is_caf_atom("add") && troupe::detail::is_caf_atom("a_2 Z"));
static_assert(!troupe::detail::is_caf_atom("") && !troupe::detail::is_caf_atom("elevenchars") &&
              !troupe::detail::is_caf_atom("a.b"));

}  // namespace caf_atom_test
