// Every kind of change, one by one.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <troupe/schema/command.hpp>
#include <troupe/schema/compare.hpp>
#include <troupe/schema/spelling.hpp>

namespace schema_compare_test {

namespace {

using namespace troupe::schema;
using enum change_kind;

/// A program with one actor, two messages, a struct inside and an enum.
contract_set program() {
  contract_set s;
  s.actors = {{"bank::ledger", {"bank.balance", "bank.deposit"}}};
  s.messages = {{"bank.balance", "i64", "0x1", "0x1", false}, {"bank.deposit", "unit", "0x2", "0x2", false}};
  s.types = {
      {"bank.balance", type_kind::record, 1, "", "0x1", {{"account", "string", 1, "\"\""}}},
      {"bank.colour", type_kind::enumeration, 0, "u16", "0x3", {{"red", "", 1, {}}, {"green", "", 2, {}}}},
      {"bank.deposit",
       type_kind::record,
       2,
       "",
       "0x2",
       {{"account", "string", 1, "\"\""},
        {"cents", "i32", 2, "0"},
        {"colour", "optional<bank.colour>", 3, "null"},
        {"note", "variant<i32,string>", 4, "null"}}}};
  return s;
}

type& deposit(contract_set& s) { return s.types[2]; }
type& colour(contract_set& s) { return s.types[1]; }

/// One difference, made to the new program, or to the old one.
struct step {
  change_kind kind;
  std::string subject;
  std::function<void(contract_set& was, contract_set& now)> make;
};

/// Changes `deposit` as a new version.
step field_step(change_kind kind, std::string subject, std::function<void(std::vector<field>&)> make) {
  return {kind, std::move(subject), [make](contract_set&, contract_set& now) {
            ++deposit(now).version;
            make(deposit(now).fields);
          }};
}

std::vector<step> all_steps() {
  return {
      {actor_added, "bank::audit",
       [](contract_set&, contract_set& now) {
         now.actors.push_back({"bank::audit", {"bank.deposit"}});
       }},
      {actor_removed, "bank::ledger", [](contract_set&, contract_set& now) { now.actors.clear(); }},
      {message_accepted, "bank::ledger",
       [](contract_set& was, contract_set&) { was.actors[0].messages = {"bank.deposit"}; }},
      {message_refused, "bank::ledger",
       [](contract_set&, contract_set& now) { now.actors[0].messages = {"bank.deposit"}; }},
      {message_added, "bank.close",
       [](contract_set&, contract_set& now) {
         now.messages.push_back({"bank.close", "unit", "0x9", "0x9", false});
       }},
      {message_removed, "bank.balance",
       [](contract_set&, contract_set& now) { now.messages.erase(now.messages.begin()); }},
      {message_renamed, "bank.deposit",
       [](contract_set&, contract_set& now) {
         now.messages[1].name = "bank.credit";
         deposit(now).name = "bank.credit";
       }},
      {message_made_local, "bank.balance",
       [](contract_set&, contract_set& now) { now.messages[0].local = true; }},
      {message_made_remote, "bank.balance",
       [](contract_set& was, contract_set&) { was.messages[0].local = true; }},
      {reply_changed, "bank.balance",
       [](contract_set& was, contract_set&) { was.messages[0].reply = "i32"; }},
      {version_raised, "bank.deposit", [](contract_set&, contract_set& now) { ++deposit(now).version; }},
      {version_not_raised, "bank.deposit",
       [](contract_set&, contract_set& now) {
         deposit(now).fields.push_back({"gift", "string", 5, "\"\""});
       }},
      {version_lowered, "bank.deposit", [](contract_set&, contract_set& now) { --deposit(now).version; }},
      {kind_changed, "bank.colour",
       [](contract_set&, contract_set& now) { colour(now).kind = type_kind::record; }},
      field_step(field_appended, "bank.deposit.gift",
                 [](auto& f) {
                   f.push_back({"gift", "string", 5, "\"\""});
                 }),
      field_step(field_inserted, "bank.deposit.gift",
                 [](auto& f) {
                   f.insert(f.begin() + 1, {"gift", "string", 2, "\"\""});
                 }),
      field_step(field_removed, "bank.deposit.note", [](auto& f) { f.pop_back(); }),
      field_step(field_removed, "bank.deposit.cents", [](auto& f) { f.erase(f.begin() + 1); }),
      field_step(field_reordered, "bank.deposit", [](auto& f) { std::swap(f[0], f[1]); }),
      field_step(field_renamed, "bank.deposit.cents", [](auto& f) { f[1].name = "amount"; }),
      field_step(field_type_changed, "bank.deposit.cents", [](auto& f) { f[1].type = "string"; }),
      field_step(field_type_changed, "bank.deposit.cents", [](auto& f) { f[1].type = "u32"; }),
      field_step(field_type_changed, "bank.deposit.note", [](auto& f) { f[3].type = "variant<string,i32>"; }),
      field_step(field_type_changed, "bank.deposit.note", [](auto& f) { f[3].type = "variant<i32>"; }),
      {field_type_renamed, "bank.deposit.colour",
       [](contract_set&, contract_set& now) {
         ++deposit(now).version;
         colour(now).name = "bank.color";
         deposit(now).fields[2].type = "optional<bank.color>";
       }},
      field_step(field_widened, "bank.deposit.cents", [](auto& f) { f[1].type = "i64"; }),
      field_step(field_narrowed, "bank.deposit.cents", [](auto& f) { f[1].type = "i16"; }),
      field_step(alternative_appended, "bank.deposit.note",
                 [](auto& f) { f[3].type = "variant<i32,string,bool>"; }),
      {initial_changed, "bank.deposit.cents",
       [](contract_set&, contract_set& now) { deposit(now).fields[1].initial = "1"; }},
      {value_added, "bank.colour.blue",
       [](contract_set&, contract_set& now) {
         colour(now).fields.push_back({"blue", "", 3, {}});
       }},
      {value_removed, "bank.colour.green",
       [](contract_set&, contract_set& now) { colour(now).fields.pop_back(); }},
      {value_renamed, "bank.colour.green",
       [](contract_set&, contract_set& now) { colour(now).fields[1].name = "lime"; }},
      {value_renumbered, "bank.colour.green",
       [](contract_set&, contract_set& now) { colour(now).fields[1].number = 7; }},
      {underlying_widened, "bank.colour",
       [](contract_set&, contract_set& now) { colour(now).underlying = "u32"; }},
      {underlying_changed, "bank.colour",
       [](contract_set&, contract_set& now) { colour(now).underlying = "i16"; }},
      {underlying_changed, "bank.colour",
       [](contract_set& was, contract_set&) { colour(was).underlying = "u8"; }},
  };
}

type_change types(std::string_view was, std::string_view now) { return compare_types(was, {}, now, {}); }

}  // namespace

TEST_CASE("two programs with the same contracts differ in nothing") {
  CHECK(compare(program(), program()).empty());
}

TEST_CASE("each kind of change is found by itself, named, and no other beside it") {
  std::set<change_kind> seen;
  for (const step& s : all_steps()) {
    contract_set was = program(), now = program();
    s.make(was, now);
    const auto changes = compare(was, now);
    const std::string_view name = rule_of(s.kind).name;
    CAPTURE(name);
    const auto found =
        std::find_if(changes.begin(), changes.end(), [&](const change& c) { return c.kind == s.kind; });
    REQUIRE(found != changes.end());
    CHECK(found->subject == s.subject);
    // A forgotten version comes with the change that it was forgotten for.
    CHECK(changes.size() == (s.kind == version_not_raised ? 2 : 1));
    CHECK(to_line(*found, false).find("[" + std::string{name} + "]") != std::string::npos);
    seen.insert(s.kind);
  }
  CHECK(seen.size() == change_kinds);
}

TEST_CASE("CD1: a field that went and one that came in its place are two changes") {
  contract_set was = program(), now = program();
  deposit(now).version = 3;
  deposit(now).fields[1] = {"amount", "f64", 2, "0"};
  const auto changes = compare(was, now);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].kind == field_removed);
  CHECK(changes[1].kind == field_inserted);
}

TEST_CASE("K4: only varints widen; a byte, a sign and a float do not") {
  CHECK(types("i16", "i32") == type_change::widened);
  CHECK(types("u16", "u64") == type_change::widened);
  CHECK(types("i64", "i32") == type_change::narrowed);
  CHECK(types("u8", "u16") == type_change::changed);
  CHECK(types("i8", "i16") == type_change::changed);
  CHECK(types("u32", "i64") == type_change::changed);
  CHECK(types("f32", "f64") == type_change::changed);
  CHECK(types("map<string,list<i16>>", "map<string,list<i32>>") == type_change::widened);
  CHECK(types("tuple<i32,i16>", "tuple<i16,i32>") == type_change::narrowed);
  CHECK(types("tuple<i32>", "tuple<i32,i32>") == type_change::changed);
  CHECK(types("variant<i16>", "variant<i32,bool>") == type_change::widened);
  CHECK(types("duration<i64,1/1000>", "duration<i64,1/1>") == type_change::changed);
  CHECK(types("list<i32>", "set<i32>") == type_change::changed);
}

TEST_CASE("a spelling is taken apart, and what is none stays whole") {
  CHECK(take_apart("map<string,list<i32>>") == spelling{"map", {{"string", {}}, {"list", {{"i32", {}}}}}});
  CHECK(take_apart("tuple<>") == spelling{"tuple", {}});
  for (const std::string odd : {"", "a<b", "a>b", "a<b>c", "<a>", "a<,b>", "a<b c"})
    CHECK(take_apart(odd) == spelling{odd, {}});
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "list<";
  CHECK(take_apart(deep) == spelling{deep, {}});
}

namespace {

command_result run(std::vector<std::string> arguments, const contract_set& now) {
  return run_command(arguments, [&now](const std::string& path) -> troupe::result<std::string> {
    if (path == "old") return to_text(program());
    if (path == "new") return to_text(now);
    if (path == "broken") return std::string{"{\"types\": ["};
    return troupe::error{troupe::errc::not_found, "No such file or directory"};
  });
}

/// The new program with one kind of change.
contract_set with(change_kind kind) {
  contract_set was = program(), now = program();
  for (const step& s : all_steps())
    if (s.kind == kind) {
      s.make(was, now);
      break;
    }
  return now;
}

}  // namespace

TEST_CASE("diff: the exit code is 0 for compatible, 1 for breaking, by what the reader asks for") {
  CHECK(run({"diff", "old", "new"}, program()).code == 0);
  CHECK(run({"diff", "old", "new"}, program()).out == "0 breaking, 0 careful, 0 safe\n");
  CHECK(run({"diff", "old", "new"}, with(field_appended)).code == 0);
  CHECK(run({"diff", "old", "new"}, with(field_removed)).code == 1);
  CHECK(run({"diff", "old", "new"}, with(field_widened)).code == 0);
  CHECK(run({"diff", "--strict", "old", "new"}, with(field_widened)).code == 1);
  CHECK(run({"diff", "old", "new"}, with(field_renamed)).code == 1);
  CHECK(run({"diff", "old", "new", "--binary"}, with(field_renamed)).code == 0);
}

TEST_CASE("diff: breaking changes come first, each in one line, and a count at the end") {
  contract_set now = with(field_appended);
  now.messages[0].reply = "string";
  const auto done = run({"diff", "old", "new"}, now);
  CHECK(done.out ==
        "breaking  bank.balance: its reply i64 became string; askers do not understand the reply "
        "[reply_changed]\n"
        "safe      bank.deposit.gift: was appended as string, initially \"\"; old readers skip it, new "
        "readers keep its "
        "initialiser [field_appended]\n"
        "1 breaking, 0 careful, 1 safe\n");
  CHECK(done.err.empty());
}

TEST_CASE("diff: what is no good is one line that says why, and exit code 2") {
  const auto why = [](std::vector<std::string> arguments) {
    const auto done = run(std::move(arguments), program());
    CHECK(done.code == 2);
    CHECK(done.out.empty());
    CHECK(std::count(done.err.begin(), done.err.end(), '\n') == 1);
    return done.err;
  };
  CHECK(why({}).find("say what to do") != std::string::npos);
  CHECK(why({"dif", "old", "new"}).find("there is no command 'dif'") != std::string::npos);
  CHECK(why({"diff", "old"}).find("diff takes two files, OLD and NEW, not 1") != std::string::npos);
  CHECK(why({"diff", "old", "new", "--loose"}).find("there is no option '--loose'") != std::string::npos);
  CHECK(why({"diff", "lost", "new"}) == "troupe_contract: lost: No such file or directory\n");
  CHECK(why({"diff", "old", "broken"}) ==
        "troupe_contract: broken: troupe.schema.contracts: the JSON text ends too early\n");
  CHECK(run({"--help"}, program()).code == 0);
  CHECK(run({"diff", "--help"}, program()).out.starts_with("usage: troupe_contract diff"));
}

}  // namespace schema_compare_test
