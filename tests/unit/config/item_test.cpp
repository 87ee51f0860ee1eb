// Keys that there are as many of as somebody writes down.
#include <doctest/doctest.h>

#include <troupe/config/help.hpp>
#include <troupe/config/item.hpp>
#include <troupe/config/library_keys.hpp>

#include "child.hpp"
#include "fixture.hpp"

namespace config_item_test {

using namespace config_test;
using config_test::broken_by;
using troupe::config_item_key;
using lines = std::vector<std::string>;

namespace {

/// Tanks by name, each with a fluid and a size; pipes by any name, from one tank.
troupe::config_schema tanks() {
  troupe::config_schema schema{"KV"};
  schema.integer("port").def(1);
  schema.choice("tank.*.fluid", {"oil", "water"}).required().help("what is in it");
  schema.integer("tank.*.size").range(1, 100).def(10);
  schema.text("pipe.*.from").check([](const std::string& s) { return s == "no" ? "not this one" : ""; });
  schema.relate_items({"tank.*.size", "tank.*.fluid"}, [](const troupe::config& c, std::string_view tank) {
    const bool oil = c.get_text(config_item_key("tank.*.fluid", tank)) == "oil";
    return oil && c.get_int(config_item_key("tank.*.size", tank)) > 50 ? std::string{"too much oil"} : "";
  });
  return schema;
}

}  // namespace

TEST_CASE("I1: an item has all keys of its group: what is set, else their defaults, each with its origin") {
  auto sources = file("[tank.b]\nfluid = \"oil\"\n[tank.a]\nfluid = \"water\"\nsize = 7\n");
  sources.arguments = {"--tank.b.size", "9", "--tank.c.fluid=oil"};
  const auto c = parsed(sources, tanks());
  CHECK(c.items("tank") == lines{"a", "b", "c"});
  CHECK(c.items("pipe").empty());
  CHECK(c.items("port").empty());
  CHECK(c.get_int("tank.a.size") == 7);
  CHECK(c.get_text("tank.b.fluid") == "oil");
  CHECK(c.get_int("tank.b.size") == 9);
  CHECK(c.get_int("tank.c.size") == 10);
  CHECK(c.where("tank.a.size") == "kv.toml:5");
  CHECK(c.where("tank.b.size") == "command line --tank.b.size");
  CHECK(c.where("tank.c.size") == "default");
}

TEST_CASE("I2, I3: an item may be any text; its key is listed so that a file reads it back") {
  const auto c = parsed(file("[pipe.\"/a.b/*\"]\nfrom = \"x\"\n[pipe]\n\"*\".from = \"y\"\n"), tanks());
  CHECK(c.items("pipe") == lines{"*", "/a.b/*"});
  CHECK(c.get_text(config_item_key("pipe.*.from", "/a.b/*")) == "x");
  CHECK(config_item_key("pipe.*.from", "/a.b/*") == "pipe.\"/a.b/*\".from");
  const auto listed = troupe::config_listing(c);
  CHECK(listed ==
        "port = 1  # default\npipe.\"*\".from = \"y\"  # kv.toml:4\npipe.\"/a.b/*\".from = \"x\"  # "
        "kv.toml:2\n");
  CHECK(parsed(file(listed), tanks()).items("pipe") == c.items("pipe"));
  CHECK(parsed(arguments({"--pipe./a.b/*.from", "x"}), tanks()).items("pipe") == lines{"/a.b/*"});
}

TEST_CASE("Q1, I1: what is wrong with an item is said with its place and its name") {
  CHECK(mistake(file("[tank.a]\nsize = 3\n"), tanks()) ==
        "kv.toml:1: tank.a.fluid: missing, expected one of oil, water");
  CHECK(mistake(file("[tank.a]\n"), tanks()) ==
        "kv.toml:1: tank.a.fluid: missing, expected one of oil, water");
  CHECK(mistake(arguments({"--tank.a.size", "3"}), tanks()) ==
        "command line --tank.a.size: tank.a.fluid: missing, expected one of oil, water");
  CHECK(mistake(file("[tank.a]\nfluid = \"sand\"\n"), tanks()) ==
        "kv.toml:2: tank.a.fluid: expected one of oil, water, got \"sand\"");
  CHECK(mistake(file("[tank.\"a b\"]\nfluid = \"oil\"\nsize = 0\n"), tanks()) ==
        "kv.toml:3: tank.\"a b\".size: expected an integer from 1 to 100, got 0");
  CHECK(mistake(arguments({"--tank.a.fluid", "oil", "--tank.a.size", "many"}), tanks()) ==
        "command line --tank.a.size: tank.a.size: expected an integer from 1 to 100, got \"many\"");
  CHECK(mistake(arguments({"--tank.a.fluid", "oil", "--tank.a.fluid", "oil"}), tanks()) ==
        "command line --tank.a.fluid: tank.a.fluid: given twice");
  CHECK(mistake(file("[pipe.\"\\u0001\"]\nfrom = \"no\"\n"), tanks())
            .starts_with("kv.toml:2: pipe.\"\\u0001\".from"));
}

TEST_CASE("Q1: an unknown key of an item is named, with the nearest that the item has") {
  CHECK(mistake(file("tank.a.fluid = \"oil\"\ntank.a.sise = 1\n"), tanks()) ==
        "kv.toml:2: unknown key tank.a.sise; did you mean tank.a.size?");
  CHECK(mistake(file("tank.a = 1\n"), tanks()).starts_with("kv.toml:1: unknown key tank.a;"));
  CHECK(mistake(file("tank.a.fluid = \"oil\"\n[tank.a.size]\nx = 1\n"), tanks()) ==
        "kv.toml:2: tank.a.size: expected an integer from 1 to 100, got a table");
  CHECK(mistakes(file("[tank.a]\nfluid = \"oil\"\n[tank.a.b]\nfluid = \"oil\"\n"), tanks()).size() == 1);
  CHECK(mistake(arguments({"--tank..size", "1"}), tanks())
            .starts_with("command line --tank..size: unknown key"));
  CHECK(mistakes(file("[tank.\"\"]\nfluid = \"oil\"\n"), tanks()).size() == 1);
  CHECK(mistakes(file("[tank]\n"), tanks()).empty());
}

TEST_CASE("I2: the environment can't name items") {
  CHECK(mistake(environment({{"KV_TANK_A_SIZE", "1"}}), tanks())
            .starts_with("environment KV_TANK_A_SIZE: unknown key"));
  CHECK(mistake(environment({{"KV_TANK_*_SIZE", "1"}}), tanks())
            .starts_with("environment KV_TANK_*_SIZE: unknown key"));
}

TEST_CASE("C3: a relation of items is looked at for each, and told where that one was set") {
  CHECK(mistakes(file("[tank.a]\nfluid = \"oil\"\nsize = 50\n[tank.b]\nfluid = \"oil\"\nsize = 60\n"
                      "[tank.c]\nfluid = \"water\"\nsize = 60\n"),
                 tanks()) == lines{"kv.toml:6: tank.b.size: too much oil"});
}

TEST_CASE("K1, C2: a wrong key of items is a broken invariant") {
  const auto breaks = [](auto add) {
    const auto end = broken_by([&] {
      troupe::config_schema schema{"KV"};
      add(schema);
      schema.verify();
    });
    return !end.starts_with("no abort");
  };
  CHECK(breaks([](auto& s) { s.table("a.*.b"); }));
  CHECK(breaks([](auto& s) { s.integer("a.*"); }));
  CHECK(breaks([](auto& s) { s.integer("a.*x.b"); }));
  CHECK(breaks([](auto& s) { s.integer("a.*.b"), s.integer("a.x.b"); }));
  CHECK(breaks([](auto& s) { s.integer("a.x.b"), s.integer("a.*.b"); }));
  CHECK(breaks([](auto& s) {
    s.integer("a.*.b"), s.integer("c");
    s.relate({"a.*.b"}, [](const troupe::config&) { return ""; });
  }));
}

TEST_CASE("help shows a key of items once, with a name to be chosen") {
  const auto text = troupe::config_help("kv", tanks());
  CHECK(text.find("  --tank.NAME.fluid CHOICE\n      what is in it\n      one of oil, water; required\n") !=
        std::string::npos);
}

TEST_CASE("a wrong dispatcher or actor of a configuration is one line with its place and what is allowed") {
  const auto schema = troupe::library_keys();
  const auto told = [&](const std::string& text) { return mistake(file(text), schema); };
  CHECK(mistakes(file("[dispatcher.disk]\nkind = \"blocking\"\nthreads = 4\n[actor.\"/user/kv/*\"]\n"
                      "dispatcher = \"disk\"\n[actor.\"/user/x\"]\ndispatcher = \"pinned\"\n"),
                 schema)
            .empty());
  CHECK(told("[dispatcher.disk]\nkind = \"threads\"\n") ==
        "kv.toml:2: dispatcher.disk.kind: expected one of pool, blocking, pinned, got \"threads\"");
  CHECK(told("[dispatcher.disk]\nkind = \"pool\"\nthreads = 5000\n") ==
        "kv.toml:3: dispatcher.disk.threads: expected an integer from 0 to 4096, got 5000");
  CHECK(told("[dispatcher.disk]\nkind = \"pool\"\nthreads = 1025\n") ==
        "kv.toml:3: dispatcher.disk.threads: expected at most 1024 with kind = \"pool\", got 1025");
  CHECK(told("[dispatcher.disk]\nkind = \"pinned\"\nthreads = 2\n") ==
        "kv.toml:3: dispatcher.disk.threads: expected at most 1 with kind = \"pinned\", got 2");
  CHECK(told("[dispatcher.blocking]\nkind = \"pool\"\n") ==
        "kv.toml:2: dispatcher.blocking.kind: the name is taken by a built-in dispatcher, whose threads "
        "scheduler.blocking_threads sets");
  CHECK(
      told("[dispatcher.Disk]\nkind = \"pool\"\n") ==
      "kv.toml:2: dispatcher.Disk.kind: a dispatcher's name is 1 to 64 of a-z, 0-9, _ and -, a letter first");
  CHECK(told("[dispatcher.disk]\nkind = \"pool\"\n[actor.\"/user/kv\"]\ndispatcher = \"dsik\"\n") ==
        "kv.toml:4: actor.\"/user/kv\".dispatcher: expected one of blocking, default, disk, pinned, got "
        "\"dsik\"");
  CHECK(told("[actor.\"/user/kv\"]\nmailbox = \"reject\"\nmailbox_max = 0\n") ==
        "kv.toml:3: actor.\"/user/kv\".mailbox_max: expected an integer from 1 to 1048576, got 0");
  CHECK(told("[actor.\"/user/kv\"]\nmailbox = \"drop\"\n") ==
        "kv.toml:2: actor.\"/user/kv\".mailbox: expected one of as spawned, unbounded, priority, reject, "
        "drop_oldest, "
        "push_back, got \"drop\"");
  CHECK(told("[actor.\"/user/kv\"]\nmailbox_max = 7\n") ==
        "kv.toml:2: actor.\"/user/kv\".mailbox_max: expected actor.\"/user/kv\".mailbox to be reject, "
        "drop_oldest or push_back beside it, it is as spawned");
  CHECK(told("[actor.kv]\nmailbox = \"reject\"\n") ==
        "kv.toml:2: actor.kv.mailbox: expected the path of actors, like /user/kv or /user/kv/*");
  CHECK(told("[actor.\"user/kv\"]\ndispatcher = \"default\"\n") ==
        "kv.toml:2: actor.\"user/kv\".dispatcher: expected the path of actors, like /user/kv or /user/kv/*");
  CHECK(
      told("[actor.\"/user/kv*\"]\ndispatcher = \"default\"\n") ==
      "kv.toml:2: actor.\"/user/kv*\".dispatcher: expected the path of actors, like /user/kv or /user/kv/*, "
      "where * stands for a whole name");
}

}  // namespace config_item_test
