// Views of a record (VW1-VW4).
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <troupe/simulate/views.hpp>

namespace simulate_views_test {

namespace {

using namespace troupe;
using sim::line_kind;

/// A message from n1 to n2 and back, by hand.
std::vector<sim::line> some() {
  const auto at = [](int ms) { return time_point{milliseconds{ms}}; };
  return {
      {1, at(1000), "seed 7", {}},
      {2, at(1000), "n1 boots", {.host = "n1"}},
      {3, at(1000), "n2 boots", {.host = "n2"}},
      {4,
       at(1100),
       "n1 /user/a handles go",
       {.kind = line_kind::handles, .host = "n1", .actor = "/user/a", .message = "go"}},
      {5,
       at(1200),
       "n2 gets 40 bytes on connection 1",
       {.kind = line_kind::arrives, .host = "n2", .cause = 4}},
      {6,
       at(1200),
       "n2 /user/b handles note from actor 9 of another node {text: \"x;#<y>\"}",
       {.kind = line_kind::handles,
        .host = "n2",
        .actor = "/user/b",
        .message = "note",
        .from = "actor 9 of another node",
        .cause = 4}},
      {7,
       at(1200),
       "n2 /user/b failed note: not me",
       {.kind = line_kind::ended, .host = "n2", .actor = "/user/b", .message = "note", .cause = 6}},
      {8,
       at(1200),
       "n2 warning /user/b: actor_failed",
       {.kind = line_kind::log, .host = "n2", .actor = "/user/b"}},
      {9,
       at(1300),
       "n1 /user/a handles more from /user/c",
       {.kind = line_kind::handles, .host = "n1", .actor = "/user/a", .message = "more", .from = "/user/c"}},
      {10,
       at(1400),
       "n1 gets 9 bytes on connection 1",
       {.kind = line_kind::arrives, .host = "n1", .cause = 8}},
      {11, at(1500), "n1 crashes", {.host = "n1"}},
  };
}

}  // namespace

TEST_CASE("VW2: an event is one object, its keys in one order, those without a value left out") {
  const auto lines = some();
  CHECK(as_json(lines[0]) == R"({"event":1,"ns":1000000000,"kind":"note","text":"seed 7"})");
  CHECK(
      as_json(lines[4]) ==
      R"({"event":5,"ns":1200000000,"kind":"arrives","host":"n2","cause":4,"text":"n2 gets 40 bytes on connection 1"})");
  CHECK(as_json(lines[5]) ==
        R"({"event":6,"ns":1200000000,"kind":"handles","host":"n2","actor":"/user/b","message":"note",)"
        R"("from":"actor 9 of another node","cause":4,)"
        R"("text":"n2 /user/b handles note from actor 9 of another node {text: \"x;#<y>\"}"})");
  sim::line loose = lines[5];
  loose.about.loosely = true;
  CHECK(as_json(loose).find(R"("cause":4,"loosely":true,"text")") != std::string::npos);
}

TEST_CASE("VW2: a text that is no UTF-8 is JSON all the same") {
  const sim::line l{1, time_point{}, "n1 syncs \xff\xfe and \n more", {}};
  const auto read = boost::json::parse(as_json(l));
  CHECK(read.at("text").as_string() == "n1 syncs ?? and \n more");
}

TEST_CASE("VW1: lines are chosen by their time and by whose they are") {
  const auto lines = some();
  const auto chosen = [&](const line_choice& which) {
    std::string out;
    for (const auto& l : lines)
      if (is_chosen(which, l)) out += (out.empty() ? "" : " ") + std::to_string(l.number);
    return out;
  };
  CHECK(chosen({}) == "1 2 3 4 5 6 7 8 9 10 11");
  CHECK(chosen({.from = time_point{milliseconds{1200}}, .to = time_point{milliseconds{1300}}}) ==
        "5 6 7 8 9");
  CHECK(chosen({.only = {"n2"}}) == "3 5 6 7 8");
  CHECK(chosen({.only = {"/user/b"}}) == "6 7 8");
  CHECK(chosen({.only = {"/user/*"}}) == "4 6 7 8 9");
  CHECK(chosen({.only = {"n1:/user/**"}}) == "4 9");
  CHECK(chosen({.only = {"n1:/user/b"}}) == "");
  CHECK(chosen({.only = {"n1:/user/**", "/user/b"}}) == "4 6 7 8 9");
  CHECK(problem_of_choice("n1:/user/**") == "");
  CHECK(problem_of_choice("n1") == "");
  CHECK(problem_of_choice("") != "");
  CHECK(problem_of_choice("/nobody/x").find("expected the path of actors") != std::string::npos);
}

TEST_CASE("VW3: a message is an arrow from who sent it, and what went wrong is a note") {
  CHECK(as_mermaid(some()) == R"(sequenceDiagram
  participant p1 as n1
  participant p2 as n2
  participant p3 as outside
  participant p4 as n1 /user/a
  participant p5 as n2 /user/b
  participant p6 as n1 /user/c
  Note over p1: #35;2 n1 boots
  Note over p2: #35;3 n2 boots
  p3->>p4: #35;4 go
  p4->>p5: #35;6 note #123;text: "x#59;#35;#60;y#62;"#125;
  Note over p5: #35;7 n2 /user/b failed note: not me
  p6->>p4: #35;9 more
  Note over p1: #35;11 n1 crashes
)");
  // Who sent it is somebody that is there already, whether he is named from his own host or from another one.
  auto more = some();
  more.push_back({12,
                  time_point{seconds{2}},
                  "n2 /user/b handles note from n1:/user/a {text: \"z\"}",
                  {.kind = line_kind::handles,
                   .host = "n2",
                   .actor = "/user/b",
                   .message = "note",
                   .from = "n1:/user/a"}});
  CHECK(as_mermaid(more).find("\n  p4->>p5: #35;12 note #123;text: \"z\"#125;\n") != std::string::npos);
  const sim::line odd{1, time_point{}, "n1 says x;#<y>{z}", {.host = "n1"}};
  CHECK(as_mermaid(std::vector{odd}).find(": #35;1 n1 says x#59;#35;#60;y#62;#123;z#125;\n") !=
        std::string::npos);
}

TEST_CASE("VW4: each process counts its own events one by one, and knows of others what has reached it") {
  CHECK(as_shiviz(some()) == R"((?<event>.*)\n(?<host>\S*) (?<clock>{.*})

#1 1.000000000 seed 7
world {"world":1}
#2 1.000000000 n1 boots
n1 {"n1":1}
#3 1.000000000 n2 boots
n2 {"n2":1}
#4 1.100000000 n1 /user/a handles go
n1 {"n1":2}
#5 1.200000000 n2 gets 40 bytes on connection 1
n2 {"n1":2,"n2":2}
#6 1.200000000 n2 /user/b handles note from actor 9 of another node {text: "x;#<y>"}
n2 {"n1":2,"n2":3}
#7 1.200000000 n2 /user/b failed note: not me
n2 {"n1":2,"n2":4}
#8 1.200000000 n2 warning /user/b: actor_failed
n2 {"n1":2,"n2":5}
#9 1.300000000 n1 /user/a handles more from /user/c
n1 {"n1":3}
#10 1.400000000 n1 gets 9 bytes on connection 1
n1 {"n1":4,"n2":5}
#11 1.500000000 n1 crashes
n1 {"n1":5,"n2":5}
)");
}

TEST_CASE(
    "VW4: what is left out is not counted, but what was known by it is; an actor may have a clock of its "
    "own") {
  CHECK(as_shiviz(some(), {.only = {"/user/a", "/user/b"}}).ends_with(R"(
#9 1.300000000 n1 /user/a handles more from /user/c
n1 {"n1":2}
)"));
  // The bytes in between are left out: what they brought is there.
  CHECK(as_shiviz(some(), {.only = {"n1", "n2:/user/b"}}).ends_with(R"(
#10 1.400000000 n1 gets 9 bytes on connection 1
n1 {"n1":4,"n2":3}
#11 1.500000000 n1 crashes
n1 {"n1":5,"n2":3}
)"));
  CHECK(as_shiviz(some(), {.only = {"/user/*"}}, clock_of::actor) ==
        R"((?<event>.*)\n(?<host>\S*) (?<clock>{.*})

#4 1.100000000 n1 /user/a handles go
n1:/user/a {"n1:/user/a":1}
#6 1.200000000 n2 /user/b handles note from actor 9 of another node {text: "x;#<y>"}
n2:/user/b {"n1:/user/a":1,"n2:/user/b":1}
#7 1.200000000 n2 /user/b failed note: not me
n2:/user/b {"n1:/user/a":1,"n2:/user/b":2}
#8 1.200000000 n2 warning /user/b: actor_failed
n2:/user/b {"n1:/user/a":1,"n2:/user/b":3}
#9 1.300000000 n1 /user/a handles more from /user/c
n1:/user/a {"n1:/user/a":2}
)");
}

}  // namespace simulate_views_test
