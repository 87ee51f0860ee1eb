#include <doctest/doctest.h>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/message_handler.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <troupe/contract/contract.hpp>
#include <vector>

namespace caf_side {

struct deposit {
  std::string account;
  std::int64_t cents = 0;
};
TROUPE_CONTRACT(deposit, "caf_side.deposit", 1, account, cents)

struct alignas(64) tagged {
  std::shared_ptr<int> held;
};

struct in_process {
  int x = 0;
};

}  // namespace caf_side

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_side::deposit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_side::tagged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_side::in_process)

template <>
inline constexpr bool troupe::caf_copyable<caf_side::tagged> = true;

namespace {

using caf_side::deposit;
using caf_side::tagged;

template <class M>
caf::message sent(const M& m) {
  caf::message out;
  REQUIRE((troupe::message_type_of<M>.to_caf != nullptr));
  troupe::message_type_of<M>.to_caf(&m, out);
  return out;
}

/// What `M`'s descriptor makes of a CAF message; empty when it refuses.
template <class M>
std::optional<M> received(caf::message& from) {
  alignas(M) std::byte room[sizeof(M)];
  const troupe::message_type& t = troupe::message_type_of<M>;
  if (!t.from_caf(room, from)) return {};
  std::optional<M> out{std::move(*reinterpret_cast<M*>(room))};
  t.end(room);
  return out;
}

template <class M>
void goes_there_and_back(const M& m) {
  caf::message msg = sent(m);
  CHECK(msg.match_elements<M>());
  const auto back = received<M>(msg);
  REQUIRE(back.has_value());
  CHECK(*back == m);
}

}  // namespace

TEST_CASE("a message arrives in a plain CAF handler of its type") {
  caf::message msg = sent(deposit{"ada", 100});
  std::string got;
  caf::message_handler handler{[&](const std::string&) { got = "text"; },
                               [&](const deposit& d) { got = d.account + std::to_string(d.cents); }};
  handler(msg);
  CHECK(got == "ada100");
}

TEST_CASE("a message that a plain CAF actor made becomes ours, and no other type takes it") {
  caf::message msg = caf::make_message(deposit{"bob", 5});
  CHECK_FALSE(received<std::string>(msg).has_value());
  CHECK_FALSE(received<troupe::unit>(msg).has_value());
  CHECK_FALSE(received<caf_side::in_process>(msg).has_value());
  const auto d = received<deposit>(msg);
  REQUIRE(d.has_value());
  CHECK(d->account == "bob");
  caf::message two = caf::make_message(deposit{}, deposit{});
  CHECK_FALSE(received<deposit>(two).has_value());
}

TEST_CASE("what CAF has built in goes as CAF's own type") {
  goes_there_and_back(std::string{"text"});
  goes_there_and_back(std::int64_t{-5});
  goes_there_and_back(std::uint8_t{255});
  goes_there_and_back(true);
  goes_there_and_back(1.5);
  goes_there_and_back(std::vector<std::string>{"a", "b"});
  goes_there_and_back(std::map<std::string, std::string>{{"k", "v"}});
  goes_there_and_back(std::chrono::nanoseconds{7});
}

TEST_CASE("integers meet by size and sign, as CAF tells them apart") {
  caf::message msg = sent(5LL);
  CHECK(msg.match_elements<std::int64_t>());
  CHECK(received<long>(msg) == 5L);
  CHECK(received<long long>(msg) == 5LL);
  CHECK_FALSE(received<std::uint64_t>(msg).has_value());
  CHECK_FALSE(received<std::int32_t>(msg).has_value());
  caf::message plain = caf::make_message(std::int32_t{-3});
  CHECK(received<std::int32_t>(plain) == -3);
}

TEST_CASE("unit is CAF's empty message, both ways") {
  CHECK(sent(troupe::unit{}).empty());
  caf::message empty = caf::make_message();
  CHECK(received<troupe::unit>(empty).has_value());
  CHECK_FALSE(received<std::string>(empty).has_value());
}

TEST_CASE("a shared CAF message is copied from, one of our own is moved from") {
  const auto held = std::make_shared<int>(1);
  caf::message msg = caf::make_message(tagged{held});
  CHECK(held.use_count() == 2);
  {
    caf::message also = msg;
    CHECK(received<tagged>(msg)->held == held);
    CHECK(also.get_as<tagged>(0).held == held);
  }
  CHECK(received<tagged>(msg)->held == held);
  CHECK(msg.get_as<tagged>(0).held == nullptr);
  CHECK(held.use_count() == 1);
}

TEST_CASE("copies in CAF messages are destroyed, also over-aligned ones and copies of copies") {
  const auto held = std::make_shared<int>(1);
  {
    caf::message msg = sent(tagged{held});
    CHECK(reinterpret_cast<std::uintptr_t>(msg.get(0)) % 64 == 0);
    caf::message other = msg;
    other.force_unshare();
    CHECK(other.get(0) != msg.get(0));
    CHECK(held.use_count() == 3);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("a trivially copyable type goes into CAF without a contract, under its own name") {
  caf::message msg = sent(caf_side::in_process{4});
  CHECK(msg.get_as<caf_side::in_process>(0).x == 4);
  CHECK(msg.stringify(0) == "caf_side::in_process");
}
