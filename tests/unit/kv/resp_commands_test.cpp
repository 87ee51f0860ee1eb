#include <doctest/doctest.h>

#include <iterator>
#include <kv/resp/commands.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kv_resp_commands_test {

using namespace kv::resp;

namespace {

checked_command check(std::vector<std::string_view> arguments) { return check_command(arguments); }

}  // namespace

TEST_CASE("a command is found in any case, and only by its whole name") {
  for (const command_spec& spec : command_table) {
    std::string upper;
    for (const char c : spec.name) upper.push_back(static_cast<char>(c - 'a' + 'A'));
    CHECK(find_command(spec.name) == &spec);
    CHECK(find_command(upper) == &spec);
    CHECK(find_command(upper.substr(0, upper.size() - 1)) == nullptr);
    CHECK(find_command(upper + "x") == nullptr);
  }
  CHECK(find_command("GeT")->id == verb::get);
  CHECK(find_command("") == nullptr);
  CHECK(find_command(std::string_view("get\0", 4)) == nullptr);
  CHECK(find_command("g\x85t") == nullptr);
}

TEST_CASE("each arity of the table admits what it says and refuses one less") {
  for (const command_spec& spec : command_table) {
    CAPTURE(spec.name);
    const auto least = static_cast<std::size_t>(spec.arity < 0 ? -spec.arity : spec.arity);
    std::vector<std::string_view> arguments(least, "a");
    arguments.front() = spec.name;
    CHECK(check(arguments).spec == &spec);
    CHECK(check(arguments).error.empty());
    if (least > 1) {
      arguments.pop_back();
      CHECK(check(arguments).spec == nullptr);
      CHECK(check(arguments).error ==
            "ERR wrong number of arguments for '" + std::string(spec.name) + "' command");
      arguments.push_back("a");
    }
    if (spec.arity >= 0) {
      arguments.push_back("a");
      CHECK(check(arguments).spec == nullptr);
    }
  }
}

TEST_CASE("an error names the command in small letters, as Redis does") {
  CHECK(check({"GeT"}).error == "ERR wrong number of arguments for 'get' command");
  CHECK(check({"ping", "a", "b"}).error == "ERR wrong number of arguments for 'ping' command");
  CHECK(wrong_arguments("config|get") == "ERR wrong number of arguments for 'config|get' command");
}

TEST_CASE("the values of MSET must pair up with its keys") {
  CHECK(check({"mset", "a", "1"}).spec != nullptr);
  CHECK(check({"mset", "a", "1", "b"}).error == "ERR wrong number of arguments for 'mset' command");
  CHECK(check({"mset", "a", "1", "b", "2"}).spec != nullptr);
}

TEST_CASE("an unknown command is quoted with its first arguments, cut as Redis cuts them") {
  CHECK(check({"foo"}).error == "ERR unknown command 'foo', with args beginning with: ");
  CHECK(check({"foo", "a", "b"}).error == "ERR unknown command 'foo', with args beginning with: 'a' 'b' ");
  CHECK(check({""}).error == "ERR unknown command '', with args beginning with: ");
  CHECK(check({"foo", ""}).error == "ERR unknown command 'foo', with args beginning with: '' ");
  const std::string x(200, 'x');
  CHECK(check({"foo", x, "b"}).error ==
        "ERR unknown command 'foo', with args beginning with: '" + x.substr(0, 128) + "' ");
  CHECK(check({"foo", x.substr(0, 100), x, "z"}).error ==
        "ERR unknown command 'foo', with args beginning with: '" + x.substr(0, 100) + "' '" +
            x.substr(0, 25) + "' ");
  CHECK(check({x, "a"}).error ==
        "ERR unknown command '" + x.substr(0, 128) + "', with args beginning with: 'a' ");
}

TEST_CASE("the table says where the keys of a command are") {
  CHECK(find_command("get")->first_key == 1);
  CHECK(find_command("get")->last_key == 1);
  CHECK(find_command("mset")->last_key == -1);
  CHECK(find_command("mset")->key_step == 2);
  CHECK(find_command("dbsize")->first_key == 0);
  CHECK(find_command("del")->on_keys == effect::writes);
  CHECK(find_command("exists")->on_keys == effect::reads);
  for (const command_spec& spec : command_table)
    CHECK((spec.first_key != 0) == (spec.on_keys != effect::none));
}

}  // namespace kv_resp_commands_test
