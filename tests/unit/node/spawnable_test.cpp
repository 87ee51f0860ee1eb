// Which actor types a node makes for others (SB1, SB2), and who may have them made.
#include <doctest/doctest.h>

#include <troupe/cell/props.hpp>
#include <troupe/node/options.hpp>
#include <troupe/node/spawnable.hpp>

#include "unit/config/fixture.hpp"

namespace node_spawnable_test {

using namespace troupe;

namespace {

struct look {
  using reply = int;
};
TROUPE_CONTRACT(look, "spawnable_test.look", 1)

struct place {
  std::string street;
  std::int32_t number = 0;
};
TROUPE_CONTRACT(place, "spawnable_test.place", 1, street, number)

class house : public actor<look> {
 public:
  house(place, std::map<std::string, int>) {}
  int on(const look&) { return 1; }
};
TROUPE_SPAWNABLE(house, "test.house", 3, place, std::map<std::string, int>)

class tent : public actor<look> {
 public:
  int on(const look&) { return 2; }
};
TROUPE_SPAWNABLE(tent, "test.tent", 1)

class other_tent : public actor<look> {
 public:
  int on(const look&) { return 3; }
};
TROUPE_SPAWNABLE(other_tent, "test.tent", 2)

std::string mistake_in(std::string text) {
  return config_test::mistake(config_test::file("[node]\nname = \"n\"\n" + std::move(text)),
                              node_options::schema());
}

}  // namespace

TEST_CASE("SB1: a type is known by its name, with its version and the types of its arguments") {
  spawnable_types all;
  CHECK(all.empty());
  all.add<house>().add<tent>();
  const spawnable_type* const h = all.find("test.house");
  REQUIRE(h);
  CHECK(h->version == 3);
  CHECK(h->arguments == "tuple<spawnable_test.place,map<string,i32>>");
  CHECK(all.find("test.tent")->arguments == "tuple<>");
  CHECK(all.find("test.hous") == nullptr);
  CHECK(all.find("") == nullptr);
}

TEST_CASE("SB1: two types of one name are a mistake in the program") {
  spawnable_types all;
  all.add<tent>();
  CHECK_THROWS_WITH_AS(all.add<other_tent>(),
                       "already_exists: two actor types are called 'test.tent' on the wire: version 1 and "
                       "version 2; a node makes "
                       "one type of a name",
                       failed);
}

TEST_CASE("R8: bytes that are no arguments make no actor, and say why") {
  spawnable_types all;
  all.add<house>();
  system_options quiet;
  quiet.log = log_level::error;
  troupe::system sys{quiet};
  const auto made = [&](std::string_view bytes) -> std::string {
    try {
      return all.find("test.house")->make(sys.env(), bytes, nullptr).how ? "made" : "nothing";
    } catch (const failed& e) {
      return std::string{to_string(e.why().code)};
    }
  };
  const std::string good = pack(spawn_arguments<house>{place{"high street", 7}, {{"rooms", 3}}});
  CHECK(made(good) == "made");
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    CAPTURE(cut);
    CHECK(made(std::string_view{good}.substr(0, cut)) == "decode_error");
  }
  CHECK(made(good + "x") == "decode_error");
}

TEST_CASE("a pattern of type names: a star stands for any letters, none among them") {
  for (const char* pattern : {"bank.account", "bank.*", "*", "*account", "b*t", "bank.acc*ount", "**", "*.*"})
    CHECK(type_name_matches(pattern, "bank.account"));
  for (const char* pattern :
       {"", "bank", "bank.", "account", "bank.account.", "*.accounts", "c*", "*x*", "bank.account?"})
    CHECK_FALSE(type_name_matches(pattern, "bank.account"));
  CHECK(type_name_matches("", ""));
  CHECK(type_name_matches("*ab*ab*", "abxab"));
  CHECK_FALSE(type_name_matches("*ab*ab*", "abxa"));
}

TEST_CASE("by default nobody may have anything spawned; options say who may, or a function in their place") {
  node_options o;
  CHECK_FALSE(spawn_right_of(o)("n1", "bank.account"));
  o.spawnable = {"bank.*", "inn"};
  CHECK(spawn_right_of(o)("n1", "bank.account"));
  CHECK(spawn_right_of(o)("n2", "inn"));
  CHECK_FALSE(spawn_right_of(o)("n1", "inns"));
  o.may_spawn = [](std::string_view peer, std::string_view) { return peer == "n2"; };
  CHECK(spawn_right_of(o)("n2", "anything"));
  CHECK_FALSE(spawn_right_of(o)("n1", "inn"));
}

TEST_CASE("C3: what peers may have spawned is configured by names and patterns, and mistakes are told") {
  CHECK(mistake_in("spawnable = [\"bank.*\", \"inn\"]\nspawned_max = 5") == "[]");
  const std::string expected =
      "expected names of actor types, as TROUPE_SPAWNABLE gives them, where * stands for any letters: "
      "bank.account, bank.*";
  CHECK(mistake_in("spawnable = [\"/user/bank\"]").find(expected) != std::string::npos);
  CHECK(mistake_in("spawnable = [\"\"]").find(expected) != std::string::npos);
  CHECK(mistake_in("spawned_max = 0").find("node.spawned_max") != std::string::npos);
}

}  // namespace node_spawnable_test
