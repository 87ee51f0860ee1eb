#include "conformance/report.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>

#include "conformance/catalogue.hpp"

namespace conformance {

namespace {

struct state {
  std::vector<outcome> all;
  std::size_t failed_checks = 0;
  std::uint64_t seeds = 20;
};

// doctest makes its listeners itself, so what they find out has to be where others find it.
state& now() {
  static state one;
  return one;
}

std::string verdict(const outcome& o) {
  if (!o.passed) return o.known_to_fail ? "fail (known)" : "fail";
  return o.differs.empty() ? "pass" : "differs: " + o.differs;
}

outcome begun(const doctest::TestCaseData& c) {
  outcome o;
  const std::string title = c.m_name;
  const auto colon = title.find(": ");
  o.name = title.substr(0, colon);
  if (colon != std::string::npos) o.shows = title.substr(colon + 2);
  constexpr std::string_view differs = "differs: ";
  if (const std::string_view said = c.m_description ? c.m_description : ""; said.starts_with(differs))
    o.differs = said.substr(differs.size());
  o.known_to_fail = c.m_should_fail;
  return o;
}

/// Listens to doctest.
struct listener final : doctest::IReporter {
  explicit listener(const doctest::ContextOptions& o) : options(o) {}

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData& c) override { now().all.push_back(begun(c)); }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& s) override {
    outcome& o = now().all.back();
    // A case that is marked as failing is a success of the run's, not of ours.
    o.passed = s.testCaseSuccess && !o.known_to_fail;
    std::printf("%s: %s\n", o.name.c_str(), verdict(o).c_str());
    std::fflush(stdout);
  }
  void test_case_exception(const doctest::TestCaseException&) override { ++now().failed_checks; }
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& a) override {
    if (a.m_failed) ++now().failed_checks;
  }
  void log_message(const doctest::MessageData& m) override {
    if (m.m_severity & (doctest::assertType::is_check | doctest::assertType::is_require))
      ++now().failed_checks;
  }
  void test_case_skipped(const doctest::TestCaseData&) override {}

  const doctest::ContextOptions& options;
};

REGISTER_LISTENER("conformance", 1, listener);

// A `|` would end a cell of the table.
std::string cell_text(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
  return text;
}

std::string row_of(const known_case& k, const outcome* o) {
  std::string row = "| `" + std::string{k.name} + "` | ";
  if (!o) return row + "n/a | " + cell_text(std::string{k.why_not}) + " |\n";
  row += !o->passed ? "**fail**" : o->differs.empty() ? "pass" : "differs";
  row += " | " + cell_text(o->shows);
  if (!o->differs.empty()) row += ". *Differs:* " + cell_text(o->differs);
  for (const auto& r : o->remarks) row += ". *" + cell_text(r) + "*";
  return row + " |\n";
}

}  // namespace

void remark(std::string what) { now().all.back().remarks.push_back(std::move(what)); }
std::size_t failed_checks() noexcept { return now().failed_checks; }
const std::vector<outcome>& played() { return now().all; }
std::uint64_t seeds_wanted() noexcept { return now().seeds; }
void want_seeds(std::uint64_t n) noexcept { now().seeds = n; }

std::vector<std::string> mistakes_in(const std::vector<outcome>& all) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const auto& o : all) {
    if (!seen.insert(o.name).second) out.push_back("there are two cases named '" + o.name + "'");
    if (o.shows.empty()) out.push_back("case '" + o.name + "' does not say what it shows");
    const auto& known = catalogue();
    const auto there =
        std::find_if(known.begin(), known.end(), [&](const known_case& k) { return k.name == o.name; });
    if (there == known.end())
      out.push_back("case '" + o.name + "' is not in the catalogue (catalogue.cpp)");
    else if (!there->why_not.empty())
      out.push_back("case '" + o.name + "' is played, and the catalogue says that it does not apply");
  }
  for (const known_case& k : catalogue())
    if (k.why_not.empty() && !seen.contains(std::string{k.name}))
      out.push_back("case '" + std::string{k.name} + "' of " + std::string{k.suite} +
                    " is neither played nor said not to apply (catalogue.cpp)");
  return out;
}

std::string page_of(const std::vector<outcome>& all) {
  std::map<std::string, const outcome*, std::less<>> by_name;
  for (const auto& o : all) by_name.emplace(o.name, &o);
  const auto find = [&](const known_case& k) {
    const auto at = by_name.find(k.name);
    return at == by_name.end() ? nullptr : at->second;
  };
  std::size_t passes = 0, differing = 0, fails = 0, others = 0;
  for (const known_case& k : catalogue()) {
    const outcome* const o = find(k);
    (!o ? others : !o->passed ? fails : o->differs.empty() ? passes : differing) += 1;
  }
  std::string out =
      "# Conformance of supervision\n"
      "Written by `tests/run.sh --conformance`: don't edit it. The names are those of Erlang/OTP's own test "
      "suites, and of Pekko's\n"
      "promises; what a case shows is said in our words, and in our API in `tests/conformance`. Each is "
      "played on real threads with\n"
      "manual time and in the simulator, in CI from a thousand seeds, unless it says otherwise.\n\n";
  out += std::to_string(passes) + " pass, " + std::to_string(differing) + " differ on purpose, " +
         std::to_string(fails) + " fail, " + std::to_string(others) + " do not apply.\n";
  std::string_view suite, group;
  for (const known_case& k : catalogue()) {
    if (k.suite != suite) {
      out += "\n## " + std::string{k.suite} + "\n";
      group = {};
    }
    if (k.suite != suite || k.group != group) {
      if (!k.group.empty()) out += "\n### " + std::string{k.group} + "\n";
      out += "\n| case | | what it shows |\n|---|---|---|\n";
    }
    suite = k.suite;
    group = k.group;
    out += row_of(k, find(k));
  }
  return out;
}

std::vector<std::string> lines_of_others() {
  std::vector<std::string> out;
  for (const known_case& k : catalogue())
    if (!k.why_not.empty()) out.push_back(std::string{k.name} + ": n/a: " + std::string{k.why_not});
  return out;
}

}  // namespace conformance
