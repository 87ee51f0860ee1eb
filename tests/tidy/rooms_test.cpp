#include <doctest/doctest.h>

#include <string>

#include "rooms.hpp"

using namespace tidy;

TEST_CASE("tidy: the table of rooms is read: levels, marks, kept libraries") {
  room_table t;
  CHECK(parse_rooms("# a comment\n"
                    "room 10 runtime/base pure\n"
                    "\n"
                    "room 20 runtime/os os\n"
                    "room 90 samples/kv sample\n"
                    "room 90 samples/kv/verify free\n"
                    "only boost/asio runtime/os actors/one.cpp\n"
                    "impure thread mutex\n"
                    "allow std::thread runtime/base/a.cpp the   workers\n",
                    t) == "");
  REQUIRE(t.rooms.size() == 4);
  CHECK(t.rooms[0].pure);
  CHECK_FALSE(t.rooms[1].pure);
  CHECK(t.of_file("runtime/base/error.hpp") == &t.rooms[0]);
  CHECK(t.of_file("runtime/base/deep/error.hpp") == &t.rooms[0]);
  CHECK(t.of_file("runtime/based/error.hpp") == nullptr);
  CHECK(t.of_file("samples/kv/main.cpp") == &t.rooms[2]);
  CHECK(t.of_file("samples/kv/verify/main.cpp") == &t.rooms[3]);
  CHECK(t.named("os") == &t.rooms[1]);
  CHECK(t.named("kv") == nullptr);
  REQUIRE(t.libraries.size() == 1);
  CHECK(t.libraries[0].users.size() == 2);
  CHECK(t.impure.size() == 2);
  CHECK(t.rooms[1].os);
  REQUIRE(t.allowed.size() == 1);
  CHECK(t.allowed[0].line == 9);
  CHECK(t.allowed[0].call == "std::thread");
  CHECK(t.allowed[0].file == "runtime/base/a.cpp");
  CHECK(t.allowed[0].reason == "the workers");
}

TEST_CASE("tidy: a mistake in the table is named with its line") {
  room_table t;
  CHECK(parse_rooms("room ten runtime/base\n", t) == "1: 'ten' is not a number");
  CHECK(parse_rooms("\nroom 10\n", t) == "2: a room needs a number and a path");
  CHECK(parse_rooms("room 10 runtime/base clean\n", t) ==
        "1: a room is pure, sample, free or os, not 'clean'");
  CHECK(parse_rooms("only caf/\n", t).starts_with("1: a line says"));
  CHECK(parse_rooms("allow std::thread a.cpp\n", t).starts_with("1: an exception says"));
  CHECK(parse_rooms("rooms\n", t).starts_with("1: a line says"));
  CHECK(parse_rooms("room 10 runtime/base\nroom 20 actors/base\n", t) ==
        "2: there is a room of that name already: runtime/base");
}
