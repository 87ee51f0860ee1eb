// What is odd about a tree, before it runs: LI1 to LI5, one each, and a tree without any.
#include <doctest/doctest.h>

#include <troupe/spec/lint.hpp>
#include <troupe/tree/supervise.hpp>

namespace spec_lint_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

struct ping {};
class leaf : public actor<ping> {
 public:
  void on(const ping&) {}
};

std::vector<std::string> odd(const supervisor_spec& spec) { return lint(spec, "/user/top"); }

bool one_line(const std::vector<std::string>& lines, std::string_view path, std::string_view rule) {
  CAPTURE(lines);
  return lines.size() == 1 && lines[0].starts_with(std::string{path} + ": ") &&
         lines[0].find("(" + std::string{rule} + ")") != std::string::npos;
}

}  // namespace

TEST_CASE("LI: a plain tree has nothing odd about it") {
  CHECK(odd(tree(one_for_one{}, child<leaf>("a"),
                 child_supervisor("in", one_for_all{.intensity = 3}, child<leaf>("b")),
                 child_supervisor("d", troupe::dynamic{}, child_template<leaf>().temporary())))
            .empty());
}

TEST_CASE("LI1: intensities that multiply past a limit are told at the leaf") {
  const auto three_deep = [](std::uint32_t intensity) {
    return tree(
        one_for_one{.intensity = intensity},
        child_supervisor("b", one_for_one{.intensity = intensity},
                         child_supervisor("c", one_for_one{.intensity = intensity}, child<leaf>("d"))));
  };
  CHECK(odd(three_deep(3)).empty());  // 64
  const auto lines = odd(three_deep(4));
  CHECK(one_line(lines, "/user/top/b/c/d", "LI1"));
  CHECK(lines.at(0).find("125 times") != std::string::npos);
  CHECK(odd(three_deep(4'000'000'000)).at(0).find("18446744073709551615") !=
        std::string::npos);  // no overflow
  CHECK(odd(tree(one_for_one{.intensity = 200}, child<leaf>("a").mailbox(bounded(10)).backoff({}))).empty());
}

TEST_CASE("LI2: a transient supervisor") {
  CHECK(
      one_line(odd(tree(one_for_one{}, child_supervisor("in", one_for_one{}, child<leaf>("a")).transient())),
               "/user/top/in", "LI2"));
}

TEST_CASE("LI3: an unbounded mailbox behind a long wait or many restarts") {
  CHECK(one_line(odd(tree(one_for_one{}, child<leaf>("a").backoff({.min = 1s, .max = 60s}))), "/user/top/a",
                 "LI3"));
  CHECK(
      one_line(odd(tree(one_for_one{}, child<leaf>("a").circuit({.open_for = 60s}))), "/user/top/a", "LI3"));
  CHECK(one_line(odd(tree(one_for_one{.intensity = 10}, child<leaf>("a"))), "/user/top/a", "LI3"));
  CHECK(odd(tree(one_for_one{.intensity = 10}, child<leaf>("a").mailbox(bounded(100)))).empty());
  CHECK(odd(tree(one_for_one{.intensity = 10}, child<leaf>("a").temporary())).empty());
}

TEST_CASE("LI3: a bound that the configuration gives counts, and one that it takes away does not") {
  const deployments said{{{"/user/top/a", "", bounded(100)},
                          {"/user/top/b", "", unbounded()},
                          {"/user/top/d/*", "", bounded(10)}}};
  const auto spec = tree(
      one_for_one{.intensity = 10}, child<leaf>("a"), child<leaf>("b"), child<leaf>("c").mailbox(bounded(10)),
      child_supervisor("d", troupe::dynamic{.intensity = 10}, child_template<leaf>().transient()));
  CHECK(
      one_line(lint(spec, "/user/top", {.restarts_max = 1'000, .configured = &said}), "/user/top/b", "LI3"));
  CHECK(lint(spec, "/user/top", {.restarts_max = 1'000}).size() == 3);
}

TEST_CASE("LI4: children that may take longer to stop than their supervisor is given") {
  const auto given = [](duration d) {
    return tree(
        one_for_one{},
        child_supervisor("in", one_for_one{}, child<leaf>("a"), child<leaf>("b").shutdown(2s)).shutdown(d));
  };
  CHECK(odd(given(7s)).empty());  // 5 s and 2 s, one after the other
  CHECK(one_line(odd(given(6s)), "/user/top/in", "LI4"));
  CHECK(
      odd(tree(one_for_one{}, child_supervisor("d", troupe::dynamic{}, child_template<leaf>()).shutdown(5s)))
          .empty());  // together
  CHECK(one_line(
      odd(tree(
          one_for_one{},
          child_supervisor("in", one_for_one{}, child<leaf>("a").shutdown(duration::max())).shutdown(1h))),
      "/user/top/in", "LI4"));
}

TEST_CASE("LI5: no restarts at all") {
  CHECK(one_line(odd(tree(one_for_one{.intensity = 0}, child<leaf>("a"))), "/user/top", "LI5"));
}

TEST_CASE("a tree that was looked at can be started") {
  troupe::system_options quiet;
  quiet.log = log_level::error;
  troupe::system sys{quiet};
  const supervisor_spec spec = tree(one_for_one{}, child<leaf>("a"));
  CHECK(supervise(sys, "top", spec).ref<ping>("a").path() == "/user/top/a");
  CHECK(sys.events().count(event_kind::actor_failed) == 0);
}

}  // namespace spec_lint_test
