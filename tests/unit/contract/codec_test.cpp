#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <troupe/contract/contract.hpp>

#include "everything.hpp"
#include "round_trip.hpp"

namespace {

using contract_test::goes_there_and_back;
using troupe::pack;
using troupe::unpack;

template <class T>
void extremes() {
  using limits = std::numeric_limits<T>;
  for (const T v : {T{0}, T{1}, T{100}, static_cast<T>(limits::max() / 2), limits::max(), limits::min(),
                    limits::lowest()})
    goes_there_and_back(v);
}

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

template <class T>
std::string why(std::string_view bytes) {
  const auto r = unpack<T>(bytes);
  return r ? "decoded" : r.error().text;
}

/// Stands for a reference: its token means something only to the surroundings.
struct handle {
  int id = 0;
};

/// The surroundings: every id is sent as its distance from here.
struct surroundings {
  int base = 0;
};

struct letter {
  std::string text;
  std::vector<handle> to;
};

struct label {
  std::string text;
  std::uint32_t weight = 0;
  friend bool operator==(const label&, const label&) = default;
};
TROUPE_CONTRACT(label, "test.label", 1, text, weight)

/// Has every kind of field that may be large.
struct parcel {
  std::uint32_t number = 0;
  std::string text;
  std::vector<std::byte> bytes;
  label on;
  std::optional<std::string> note;
  friend bool operator==(const parcel&, const parcel&) = default;
};
TROUPE_CONTRACT(parcel, "test.parcel", 1, number, text, bytes, on, note)

}  // namespace

template <>
struct troupe::codec<handle> {
  static constexpr std::string_view type_name = "handle";
  static void encode(byte_writer& to, const handle& v) {
    const auto* around = static_cast<const surroundings*>(to.context());
    to.svarint(v.id - (around ? around->base : 0));
  }
  static bool decode(byte_reader& from, handle& v) {
    const auto* around = static_cast<const surroundings*>(from.context());
    if (!around) return false;
    v.id = static_cast<int>(from.svarint()) + around->base;
    return from.ok();
  }
};

namespace {
TROUPE_CONTRACT(letter, "test.letter", 1, text, to)
}

static_assert(!troupe::encodable<std::string_view>);
static_assert(!troupe::encodable<const char*>);
static_assert(!troupe::encodable<wchar_t>);
static_assert(!troupe::encodable<long double>);
static_assert(!troupe::encodable<const int>);
static_assert(!troupe::encodable<troupe::time_point>, "the runtime's time line means nothing elsewhere");
static_assert(troupe::encodable<troupe::duration>);
static_assert(troupe::encodable<std::chrono::system_clock::time_point>);
static_assert(troupe::countable<int> && !troupe::countable<troupe::unit>);

TEST_CASE("numbers of every width go there and back at their extremes") {
  extremes<std::int8_t>();
  extremes<std::int16_t>();
  extremes<std::int32_t>();
  extremes<std::int64_t>();
  extremes<std::uint8_t>();
  extremes<std::uint16_t>();
  extremes<std::uint32_t>();
  extremes<std::uint64_t>();
  extremes<char>();
  extremes<char8_t>();
  extremes<char16_t>();
  extremes<char32_t>();
  extremes<long long>();
  extremes<unsigned long>();
  extremes<float>();
  extremes<double>();
  goes_there_and_back(true);
  goes_there_and_back(false);
  goes_there_and_back(std::numeric_limits<double>::infinity());
  goes_there_and_back(std::numeric_limits<float>::denorm_min());
  CHECK(std::isnan(*unpack<double>(pack(std::nan("")))));
  CHECK(std::signbit(*unpack<float>(pack(-0.0f))));
}

TEST_CASE("text, durations, wall-clock times and units go there and back") {
  goes_there_and_back(std::string{});
  goes_there_and_back(std::string("with\0zero", 9));
  goes_there_and_back(std::string(100'000, 'x'));
  goes_there_and_back(std::byte{255});
  goes_there_and_back(troupe::unit{});
  goes_there_and_back(std::chrono::milliseconds::min());
  goes_there_and_back(std::chrono::hours{5});
  goes_there_and_back(std::chrono::duration<double>{0.25});
  goes_there_and_back(std::chrono::system_clock::time_point{std::chrono::seconds{-5}});
  CHECK(pack(troupe::unit{}).empty());
}

TEST_CASE("K3: the bytes of plain values never change") {
  CHECK(hex(pack(true)) == "01");
  CHECK(hex(pack(std::uint8_t{200})) == "c8");
  CHECK(hex(pack(std::int8_t{-1})) == "ff");
  CHECK(hex(pack(std::uint32_t{300})) == "ac02");
  CHECK(hex(pack(std::int32_t{-1})) == "01");
  CHECK(hex(pack(std::int64_t{100})) == "c801");
  CHECK(hex(pack(std::numeric_limits<std::int64_t>::min())) == "ffffffffffffffffff01");
  CHECK(hex(pack(1.0f)) == "0000803f");
  CHECK(hex(pack(1.0)) == "000000000000f03f");
  CHECK(hex(pack(std::string{"ada"})) == "03616461");
  CHECK(hex(pack(kinds::colour::red)) == "ff");
  CHECK(hex(pack(kinds::flags::all)) == "ffff03");
  CHECK(hex(pack(std::chrono::milliseconds{5})) == "0a");
  CHECK(hex(pack(kinds::point{1, 0})) == "0110000000000000f03f0000000000000000");
  CHECK(hex(pack(kinds::tree{5, {{6, {}}}})) ==
        "03060501"
        "03020600");
  CHECK(hex(pack(troupe::error{troupe::errc::timeout, "t", "", ""})) ==
        "010c0774696d656f7574"
        "0174"
        "00"
        "00");
}

TEST_CASE("K4: a number that does not fit its type is an error, a wider one of the same sign reads it") {
  CHECK(why<std::uint16_t>(pack(std::uint32_t{65536})) == "u16: a number out of the range of its type");
  CHECK(why<std::int32_t>(pack(std::int64_t{-2147483649})) == "i32: a number out of the range of its type");
  CHECK(why<std::int16_t>(pack(std::int32_t{32768})) == "i16: a number out of the range of its type");
  CHECK(*unpack<std::int64_t>(pack(std::int16_t{-300})) == -300);
  CHECK(*unpack<std::uint64_t>(pack(std::uint32_t{300})) == 300);
}

TEST_CASE("K2: what is no value of its type is refused, with the type and the reason") {
  CHECK(why<bool>("\2") == "bool: a bool that is neither 0 nor 1");
  CHECK(why<std::string>("\5abc") == "string: fewer bytes than announced");
  CHECK(why<std::int32_t>("") == "i32: fewer bytes than announced");
  CHECK(why<std::uint64_t>("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02") ==
        "u64: a varint is larger than 64 bits");
  CHECK(why<std::int8_t>("ab") == "i8: bytes are left behind the value");
  CHECK(unpack<bool>("\2").error().code == troupe::errc::decode_error);
}

TEST_CASE(
    "an enum with a contract accepts the listed values only, one without takes all of its underlying type") {
  for (const auto c : {kinds::colour::red, kinds::colour::green, kinds::colour::blue}) goes_there_and_back(c);
  CHECK(why<kinds::colour>("\1") == "kinds.colour: an enum value that is not in the contract");
  goes_there_and_back(kinds::flags::all);
  goes_there_and_back(static_cast<kinds::flags>(77));
  CHECK_FALSE(unpack<kinds::flags>(pack(std::uint32_t{65536})).has_value());
}

TEST_CASE("an error goes there and back, and a code that a newer node made reads as invalid") {
  goes_there_and_back(troupe::error{troupe::errc::cycle, "a waits for b", "type", "/user/a"});
  for (int code = 1; code <= static_cast<int>(troupe::errc::disk_full); ++code)
    goes_there_and_back(static_cast<troupe::errc>(code));
  CHECK(*unpack<troupe::errc>(pack(std::string{"from_the_future"})) == troupe::errc::invalid);
}

TEST_CASE("the context reaches a codec inside containers and structs, in both directions") {
  const surroundings here{100}, there{500};
  const std::string bytes = pack(letter{"hi", {{101}, {99}}}, &here);
  const auto back = unpack<letter>(bytes, &there);
  REQUIRE(back.has_value());
  CHECK(back->to.at(0).id == 501);
  CHECK(back->to.at(1).id == 499);
}

TEST_CASE("B5: structs with large fields are the bytes that their fields make, however they are nested") {
  for (const std::size_t n : {0, 100, 127, 128, 1'020, 1'024, 16'380, 16'384, 300'000}) {
    CAPTURE(n);
    const parcel in{7, std::string(n, 'a'), std::vector<std::byte>(n / 2, std::byte{'b'}),
                    label{std::string(n / 3, 'c'), 200}, std::string(n, 'd')};
    std::string inner, fields, expected;
    {
      troupe::byte_writer to{inner};
      to.bytes(std::string(n / 3, 'c'));
      to.varint(200);
    }
    {
      troupe::byte_writer to{fields};
      to.varint(7);
      to.bytes(std::string(n, 'a'));
      to.bytes(std::string(n / 2, 'b'));
      to.varint(1);
      to.bytes(inner);
      to.u8(1);
      to.bytes(std::string(n, 'd'));
    }
    troupe::byte_writer to{expected};
    to.varint(1);
    to.bytes(fields);
    CHECK(pack(in) == expected);
    goes_there_and_back(in);
  }
}

TEST_CASE("a codec that refuses its bytes without a reason fails the whole message") {
  CHECK(why<letter>(pack(letter{"hi", {{1}}})) == "test.letter: a codec refused its bytes");
  CHECK(why<handle>(pack(handle{1})) == "handle: a codec refused its bytes");
  CHECK(unpack<letter>(pack(letter{"hi", {}})).has_value());
}
