// A program prints its contracts.
#include <doctest/doctest.h>

#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/schema/contracts.hpp>

#include "unit/contract/everything.hpp"

namespace schema_contracts_test {

namespace office {

enum class urgency : std::uint8_t { low = 1, high = 9 };
TROUPE_CONTRACT_ENUM(urgency, "office.urgency", low, high)

struct line {
  std::string text = "none";
  urgency how = urgency::low;
};
TROUPE_CONTRACT(line, "office.line", 2, text, how)

struct receipt {
  std::int64_t number = 0;
};
TROUPE_CONTRACT(receipt, "office.receipt", 1, number)

struct letter {
  std::vector<line> lines;
  std::optional<std::int32_t> copies = 1;
  using reply = receipt;
};
TROUPE_CONTRACT(letter, "office.letter", 3, lines, copies)

struct whisper {
  const char* text = nullptr;
};

struct clerk : troupe::actor<letter, whisper, std::string> {
  receipt on(const letter&) { return {}; }
  void on(const whisper&) {}
  void on(const std::string&) {}
};

struct archive : troupe::actor<std::string> {
  void on(const std::string&) {}
};

/// Claims a name that is taken.
struct impostor {
  bool x = false;
};
TROUPE_CONTRACT(impostor, "office.line", 1, x)

}  // namespace office

namespace {

using troupe::schema::contract_set;

contract_set set() { return troupe::contracts<office::clerk, office::archive>(); }

}  // namespace

TEST_CASE("the contracts of actors: every message, its reply, and every type inside them, in order") {
  const contract_set all = set();
  REQUIRE(all.actors.size() == 2);
  CHECK(all.actors[0].name == "schema_contracts_test::office::archive");
  CHECK(all.actors[1].messages == std::vector<std::string>{"office.letter", "schema_contracts_test::office::whisper", "string"});
  REQUIRE(all.messages.size() == 3);
  CHECK(all.messages[0].name == "office.letter");
  CHECK(all.messages[0].reply == "office.receipt");
  CHECK_FALSE(all.messages[0].local);
  CHECK(all.messages[1].local);
  CHECK(all.messages[1].hash == "0x0000000000000000");
  CHECK(all.messages[2].reply == "unit");
  REQUIRE(all.types.size() == 4);
  CHECK(all.types[0].name == "office.letter");
  CHECK(all.types[1].name == "office.line");
  CHECK(all.types[2].name == "office.receipt");
  CHECK(all.types[3].name == "office.urgency");
  CHECK(all.types[0].version == 3);
  CHECK(all.types[0].fields[0] == troupe::schema::field{"lines", "list<office.line>", 1, "[]"});
  CHECK(all.types[0].fields[1] == troupe::schema::field{"copies", "optional<i32>", 2, "1"});
  CHECK(all.types[1].fields[0].initial == "\"none\"");
  CHECK(all.types[1].fields[1].initial == "\"low\"");
  CHECK(all.types[3].kind == troupe::schema::type_kind::enumeration);
  CHECK(all.types[3].underlying == "u8");
  CHECK(all.types[3].fields[1] == troupe::schema::field{"high", "", 9, std::nullopt});
}

TEST_CASE("hashes are those of the descriptors, in hexadecimal") {
  const contract_set all = set();
  CHECK(std::stoull(all.messages[0].hash, nullptr, 16) == troupe::message_type_of<office::letter>.hash);
  CHECK(std::stoull(all.messages[0].schema, nullptr, 16) == troupe::schema_hash<office::letter>());
  CHECK(std::stoull(all.types[1].schema, nullptr, 16) == troupe::schema_hash<office::line>());
}

TEST_CASE(
    "CS1: the text does not depend on the order in which actors are named, nor on a name that comes twice") {
  CHECK((troupe::contracts_json<office::archive, office::clerk>()) ==
        (troupe::contracts_json<office::clerk, office::archive, office::clerk>()));
}

TEST_CASE("messages may be named without an actor, and types that contain themselves end") {
  const contract_set all = troupe::contracts<kinds::tree, kinds::everything>();
  CHECK(all.actors.empty());
  CHECK(all.messages.size() == 2);
  CHECK(troupe::schema::find(all.types, "kinds.point") != nullptr);
  CHECK(troupe::schema::find(all.types, "troupe.error") != nullptr);
  CHECK(troupe::schema::find(all.types, "kinds.tree")->fields[1].type == "list<kinds.tree>");
}

TEST_CASE("CS2: two types with one wire name are an error that names both") {
  try {
    static_cast<void>(troupe::contracts<office::clerk, office::impostor>());
    FAIL("the impostor was not noticed");
  } catch (const troupe::failed& f) {
    CHECK(f.why().code == troupe::errc::invalid);
    CHECK(f.why().text.starts_with(
        "two types have the wire name office.line: schema_contracts_test::office::line and "
                                         "schema_contracts_test::office::impostor"));
  }
}

TEST_CASE("a printed set is read back as it was") {
  const auto back = troupe::schema::from_text(troupe::contracts_json<office::clerk, office::archive>());
  REQUIRE(back.has_value());
  CHECK(*back == set());
}

TEST_CASE("a file that is no set of contracts is refused with the reason") {
  const auto why = [](std::string_view text) {
    const auto r = troupe::schema::from_text(text);
    return r ? "read" : r.error().text;
  };
  CHECK(why("{}").starts_with("no contracts in it"));
  CHECK(why("{\"format\": 2}") == "contracts of format 2; this program reads format 1");
  CHECK(why("[]").find("expected an object") != std::string::npos);
  CHECK(why(R"({"types": [{"name": "a"}, {"name": "a"}]})") == "the type a comes twice");
  CHECK(why(R"({"messages": [{"name": "a"}, {"name": "a"}]})") == "the message a comes twice");
  CHECK(why(R"({"actors": [{"name": "a"}, {"name": "a"}]})") == "the actor a comes twice");
  CHECK(why(R"({"types": [{"name": "a", "fields": [{"name": "x"}, {"name": "x"}]}]})") ==
        "the type a has x twice");
  CHECK(why(R"({"types": [{"name": "a", "kind": "union"}]})").find("$.types[0].kind: expected one of") !=
        std::string::npos);
}

}  // namespace schema_contracts_test
