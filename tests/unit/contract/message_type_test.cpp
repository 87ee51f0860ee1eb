#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/base/hash.hpp>
#include <troupe/contract/contract.hpp>
#include <utility>
#include <vector>

namespace {

struct ping {
  std::string text = "initial";
};
TROUPE_CONTRACT(ping, "test.ping", 1, text)

struct local_only {
  std::unique_ptr<int> owned;
};

/// Claims to be copyable, but is not.
struct liar {
  std::vector<std::unique_ptr<int>> all;
};

enum class plain_enum : std::uint8_t { a, b };

struct alignas(128) aligned {
  char c = 'c';
};

/// Counts its objects.
struct counted {
  int* alive = nullptr;
  explicit counted(int* n) : alive(n) { ++*alive; }
  counted(counted&& other) noexcept : alive(other.alive) { ++*alive; }
  counted(const counted& other) : alive(other.alive) { ++*alive; }
  counted& operator=(const counted&) = delete;
  ~counted() { --*alive; }
};

/// Its codec throws when there are no bytes, as an allocation inside one can, and refuses all others.
struct throwing {
  std::shared_ptr<int> held = std::make_shared<int>(1);
};

/// Lives where the test can see it leave.
std::weak_ptr<int> last_held;

/// Room for one object.
struct room {
  alignas(128) std::byte bytes[512];
  void* at() { return bytes; }
};

using troupe::message_type;
using troupe::message_type_of;

constinit const message_type* const known_at_start = &message_type_of<ping>;
static_assert(message_type_of<ping>.name == "test.ping");
static_assert(message_type_of<ping>.hash == troupe::stable_hash("test.ping"));

}  // namespace

template <>
struct troupe::codec<throwing> {
  static constexpr std::string_view type_name = "throwing";
  static void encode(byte_writer&, const throwing&) {}
  static bool decode(byte_reader& from, throwing& v) {
    last_held = v.held;
    if (from.remaining() == 0) throw std::bad_alloc{};
    return false;
  }
};

TEST_CASE("a descriptor is one object for a type and is there before main") {
  CHECK(known_at_start == &message_type_of<ping>);
  CHECK(&message_type_of<ping> != &message_type_of<local_only>);
}

TEST_CASE("a descriptor with a contract has its wire name, its stable hash and all functions") {
  const message_type& t = message_type_of<ping>;
  CHECK(t.size == sizeof(ping));
  CHECK(t.align == alignof(ping));
  CHECK((t.relocate != nullptr));
  CHECK((t.destroy != nullptr));
  CHECK((t.encode != nullptr));
  CHECK((t.decode != nullptr));
  CHECK((t.to_caf != nullptr));
  CHECK((t.from_caf != nullptr));
}

TEST_CASE("a movable type without a codec has its C++ name, no hash, and can't be coded or copied out") {
  const message_type& t = message_type_of<local_only>;
  CHECK(t.name.ends_with("local_only"));
  CHECK(t.hash == 0);
  CHECK((t.relocate != nullptr));
  CHECK((t.encode == nullptr));
  CHECK((t.decode == nullptr));
  CHECK((t.to_caf == nullptr));
  CHECK((t.from_caf == nullptr));
  CHECK((message_type_of<liar>.to_caf == nullptr));
  CHECK(message_type_of<aligned>.align == 128);
}

TEST_CASE("types with a codec but no contract have the same name and hash on every machine") {
  CHECK(message_type_of<std::int64_t>.name == "i64");
  CHECK(message_type_of<std::string>.name == "string");
  CHECK(message_type_of<troupe::unit>.name == "unit");
  CHECK(message_type_of<std::vector<std::byte>>.name == "bytes");
  CHECK(message_type_of<std::map<std::string, std::vector<ping>>>.name == "map<string,list<test.ping>>");
  CHECK(message_type_of<std::chrono::milliseconds>.name == "duration<i64,1/1000>");
  CHECK(message_type_of<std::int64_t>.hash == 0x6a23e4b9d7c988a8u);
  CHECK(message_type_of<std::string>.hash == troupe::stable_hash("codec string"));
  CHECK(message_type_of<std::string>.hash != troupe::stable_hash("string"));
  CHECK((message_type_of<plain_enum>.encode != nullptr));
}

TEST_CASE("relocate moves the value over and leaves nothing behind") {
  int alive = 0;
  room a, b;
  new (a.at()) counted{&alive};
  message_type_of<counted>.relocate(b.at(), a.at());
  CHECK(alive == 1);
  message_type_of<counted>.end(b.at());
  CHECK(alive == 0);

  new (a.at()) local_only{std::make_unique<int>(5)};
  message_type_of<local_only>.relocate(b.at(), a.at());
  CHECK(*static_cast<local_only*>(b.at())->owned == 5);
  message_type_of<local_only>.end(b.at());
}

TEST_CASE("encode and decode go through the descriptor alone") {
  const message_type& t = message_type_of<ping>;
  const ping sent{"hello"};
  std::string bytes;
  troupe::byte_writer to{bytes};
  t.encode(&sent, to);
  bytes += "next";
  room r;
  troupe::byte_reader from{bytes};
  REQUIRE(t.decode(r.at(), from));
  CHECK(static_cast<ping*>(r.at())->text == "hello");
  CHECK(from.rest() == "next");
  t.end(r.at());
}

TEST_CASE("decode constructs nothing when the bytes are wrong") {
  room r;
  for (const std::string& bytes : {std::string{}, std::string("\1\7\5hello", 8), std::string("\1\2\5h", 4)}) {
    troupe::byte_reader from{bytes};
    CHECK_FALSE(message_type_of<ping>.decode(r.at(), from));
    CHECK_FALSE(from.ok());
  }
}

TEST_CASE("decode destroys what it began when a codec throws or refuses") {
  room r;
  troupe::byte_reader wrong{"wrong"};
  CHECK_FALSE(message_type_of<throwing>.decode(r.at(), wrong));
  CHECK(wrong.why() == "a codec refused its bytes");
  CHECK(last_held.expired());
  troupe::byte_reader from{""};
  CHECK_THROWS_AS(message_type_of<throwing>.decode(r.at(), from), std::bad_alloc);
  CHECK(last_held.expired());
}
