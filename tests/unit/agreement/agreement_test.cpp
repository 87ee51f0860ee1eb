// Which messages two nodes can exchange (AG1-AG4).
#include <doctest/doctest.h>

#include <troupe/agreement/agreement.hpp>

namespace agreement_test {

using namespace troupe;
using schema::contract_set;
using schema::field;

namespace {

/// A struct with these fields; its schema hash is whatever tells it from others.
schema::type record(std::string name, std::uint32_t version, std::vector<field> fields) {
  std::string schema = std::to_string(version);
  for (const field& f : fields) schema += f.name + f.type;
  return {std::move(name), schema::type_kind::record, version, {}, schema, std::move(fields)};
}

schema::type enumeration(std::string name, std::vector<field> values) {
  std::string schema;
  for (const field& f : values) schema += f.name;
  return {std::move(name), schema::type_kind::enumeration, 0, "u8", schema, std::move(values)};
}

contract_set set_of(std::vector<schema::message> messages, std::vector<schema::type> types) {
  contract_set out;
  out.messages = std::move(messages);
  out.types = std::move(types);
  return out;
}

schema::message message(std::string name, std::string hash, std::string reply = "unit",
                        std::string schema = "0x1") {
  return {std::move(name), std::move(reply), std::move(hash), std::move(schema), false};
}

const field cents{"cents", "i64", 1, {}}, narrow_cents{"cents", "i32", 1, {}}, note{"note", "string", 2, {}};

/// What the two make of each other; the same both ways but for the words.
agreement both_ways(const contract_set& a, const contract_set& b) {
  agreement out = agree(a, b);
  const agreement back = agree(b, a);
  CHECK(back.differ == out.differ);
  REQUIRE(back.misread.size() == out.misread.size());
  for (const auto& [hash, bad] : out.misread) CHECK(back.misread.at(hash).name == bad.name);
  return out;
}

}  // namespace

TEST_CASE("AG1: a field that was appended under a new version is no difference to mind, whoever is newer") {
  const auto found =
      both_ways(set_of({message("bank.deposit", "0x10")}, {record("bank.deposit", 1, {cents})}),
                set_of({message("bank.deposit", "0x10")}, {record("bank.deposit", 2, {cents, note})}));
  CHECK(found.misread.empty());
  CHECK(found.differ == 1);
}

TEST_CASE("AG1: two nested types, each newer on another side, are compatible both") {
  const field a{"a", "bank.a", 1, {}}, b{"b", "bank.b", 2, {}};
  const auto outer = record("bank.pair", 1, {a, b});
  const auto found =
      both_ways(set_of({message("bank.pair", "0x10")},
                       {outer, record("bank.a", 1, {cents}), record("bank.b", 2, {cents, note})}),
                set_of({message("bank.pair", "0x10")},
                       {outer, record("bank.a", 2, {cents, note}), record("bank.b", 1, {cents})}));
  CHECK(found.misread.empty());
  CHECK(found.differ == 2);
}

TEST_CASE("AG1: an enum that has grown on one side can be read by the other but for what is new") {
  const auto found = both_ways(
      set_of({message("m", "0x10")}, {enumeration("m", {{"red", {}, 0, {}}})}),
      set_of({message("m", "0x10")}, {enumeration("m", {{"red", {}, 0, {}}, {"green", {}, 1, {}}})}));
  CHECK(found.misread.empty());
  CHECK(found.differ == 1);
}

TEST_CASE(
    "AG1, AG2: another type of a field, or a change under the same version, is misread, and the difference "
    "is said") {
  const auto narrower =
      both_ways(set_of({message("bank.deposit", "0x10")}, {record("bank.deposit", 1, {note})}),
                set_of({message("bank.deposit", "0x10")}, {record("bank.deposit", 2, {cents})}));
  REQUIRE(narrower.misread.size() == 1);
  CHECK(narrower.misread.begin()->first == 0x10);
  CHECK(to_line(narrower.misread.at(0x10)).starts_with("bank.deposit: breaking  bank.deposit"));
  const auto same_version =
      both_ways(set_of({message("bank.deposit", "0x10")}, {record("bank.deposit", 1, {cents})}),
                set_of({message("bank.deposit", "0x10")}, {record("bank.deposit", 1, {cents, note})}));
  REQUIRE(same_version.misread.size() == 1);
  CHECK(same_version.differ == 0);
}

TEST_CASE(
    "AG2: a message is misread for what is inside of it, or of its reply, however deep, and others are not") {
  const auto make = [](const field& inner) {
    return set_of({message("a.ask", "0xa", "list<a.answer>"), message("a.other", "0xb"),
                   message("list<a.inner>", "0xc")},
                  {record("a.ask", 1, {}), record("a.other", 1, {cents}),
                   record("a.answer", 1, {{"all", "map<string,optional<a.inner>>", 1, {}}}),
                   record("a.inner", 1, {inner})});
  };
  const auto found = both_ways(make(cents), make(note));
  REQUIRE(found.misread.size() == 2);
  CHECK(found.misread.contains(0xa));
  CHECK(found.misread.contains(0xc));
}

TEST_CASE("AG2: a reply of another type is misread; what only one side has, or is local, is not looked at") {
  const auto one = set_of({message("a", "0xa", "i64"), message("b", "0xb"), message("only.mine", "0xd")},
                          {record("b", 1, {cents})});
  auto two = set_of({message("a", "0xa", "i32"), message("b", "0xb"), message("only.theirs", "0xe")},
                    {record("b", 2, {note})});
  CHECK(both_ways(one, two).misread.size() == 2);
  CHECK(agree(one, two).misread.at(0xa).changes ==
        std::vector<std::string>{"breaking  a: it is answered with i64 here and with i32 there"});
  two.messages[1].local = true;
  CHECK(both_ways(one, two).misread.size() == 1);
}

TEST_CASE("AG3: the digest tells sets apart, and is 0 for one that says nothing") {
  const auto one = set_of({message("a", "0xa")}, {record("b", 1, {cents})});
  CHECK(digest_of({}) == 0);
  CHECK(digest_of(one) != 0);
  CHECK(digest_of(one) == digest_of(set_of({message("a", "0xa")}, {record("b", 1, {cents})})));
  CHECK(digest_of(one) != digest_of(set_of({message("a", "0xa", "i64")}, {record("b", 1, {cents})})));
  CHECK(digest_of(one) != digest_of(set_of({message("a", "0xa")}, {record("b", 1, {note})})));
  CHECK(digest_of(one) != digest_of(set_of({message("a", "0xa", "unit", "0x2")}, {record("b", 1, {cents})})));
}

TEST_CASE("AG4, R8: a set of a peer that is large, or says things twice, costs what our own does") {
  contract_set huge;
  for (int i = 0; i < 20'000; ++i) {
    huge.messages.push_back(message("m" + std::to_string(i), "0x" + std::to_string(i)));
    huge.types.push_back(record("m" + std::to_string(i), 1, {cents, note}));
  }
  for (int i = 0; i < 100; ++i) huge.messages.push_back(message("m1", "nonsense"));
  const auto mine = set_of({message("m1", "0x1"), message("m2", "0x2")},
                           {record("m1", 1, {cents, note}), record("m2", 1, {note})});
  const auto found = agree(mine, huge);
  CHECK(found.misread.size() == 1);
  CHECK(found.misread.contains(0x2));
}

TEST_CASE("AG4, R8: a type with very many fields there is incompatible, at once and in one line") {
  auto theirs = set_of({message("m", "0x1")}, {record("m", 1, {cents})});
  theirs.types[0].fields.resize(300'000);
  theirs.types[0].schema = "0xother";
  const auto found = agree(set_of({message("m", "0x1")}, {record("m", 1, {cents})}), theirs);
  REQUIRE(found.misread.size() == 1);
  CHECK(found.misread.at(1).changes.size() == 1);
  CHECK(to_line(found.misread.at(1)).find("m: has 300000 fields there and 1 here") != std::string::npos);
}

TEST_CASE("AG4: of many changes the first are kept") {
  std::vector<field> many, others;
  for (int i = 0; i < 200; ++i) {
    many.push_back({"f" + std::to_string(i), "i64", i + 1, {}});
    others.push_back({"g" + std::to_string(i), "string", i + 1, {}});
  }
  const auto found = agree(set_of({message("m", "0x1")}, {record("m", 1, many)}),
                           set_of({message("m", "0x1")}, {record("m", 1, others)}));
  REQUIRE(found.misread.size() == 1);
  CHECK(found.misread.at(1).changes.size() == 16);
  CHECK(found.misread.at(1).more > 100);
}

TEST_CASE("a line is cut between characters") {
  const misread_message bad{"m", {std::string(600, 'x'), "y"}, 0};
  CHECK(to_line(bad).size() == 500);
  CHECK(to_line(bad).ends_with("..., and 1 more"));
}

}  // namespace agreement_test
