#include <cstdio>
#include <exception>
#include <troupe/base/path_pattern.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/testkit/leftovers.hpp>
#include <troupe/testkit/test_system.hpp>

namespace troupe::testkit {

namespace {

/// Options of a system that says nothing while it starts.
system_options quiet(system_options o) {
  if (o.workers == 0) o.workers = 2;
  o.log = log_level::error;
  return o;
}

void add_working(const cell_ptr& c, std::string& out, std::size_t& count) {
  constexpr std::size_t shown_max = 20;
  for (const cell_ptr& child : c->children()) {
    if (const auto depth = child->mailbox_depth(); depth != 0 && count++ < shown_max)
      out += "\n  " + child->path() + " (" + std::string{to_string(child->status())} + ", " +
             std::to_string(depth) + " queued)";
    add_working(child, out, count);
  }
}

}  // namespace

test_system::test_system(test_options options, std::vector<std::unique_ptr<extension>> extensions)
    : troupe::system(quiet(options.system), std::make_unique<test_platform>(options.time),
                     std::move(extensions)),
      options_(std::move(options)),
      scope_{test_scope::of(*this, options_.report_to, options_.waits)},
      exceptions_before_(std::uncaught_exceptions()) {
  scope_.platform->watch(env());
  // From here on all of it is captured, and nobody is shown what no failed test asks for.
  events().log_to([](log_level, std::string_view, std::string_view) {}, log_level::error);
}

test_system::~test_system() noexcept(false) { finish(options_.at); }

void test_system::fail(const std::string& text, source_location where) {
  fail_test(options_.report_to, text, where);
}

void test_system::keep(std::string pattern) {
  if (const auto problem = path_pattern_problem(pattern); !problem.empty())
    throw failed{{errc::invalid, "'" + pattern + "' is no pattern of actors to keep: " + problem}};
  kept_.push_back(std::move(pattern));
}

void test_system::keep_waiting(std::string pattern) {
  keep(pattern);
  may_wait_.push_back(std::move(pattern));
}

std::string test_system::who_is_at_work() {
  std::string out = "the system has not become quiet within " + printed_time(dilated(options_.waits.settle)) +
                    ": " + std::to_string(scope_.platform->threads_at_work()) + " of its threads are at work";
  std::size_t count = 0;
  if (const cell_ptr root = env().resolve("/")) add_working(root, out, count);
  return out;
}

void test_system::settle(source_location where) {
  if (finished_) return;
  if (!scope_.platform->settle(dilated(options_.waits.settle))) fail(who_is_at_work(), where);
}

void test_system::advance(duration d, source_location where) {
  if (!scope_.platform->time_stands_still())
    fail(finished_ ? "advance: the system has been finished"
                   : "advance: time is real here; make the system with {.time = time_kind::manual}",
         where);
  if (d < duration::zero()) fail("advance: time never goes back", where);
  if (!scope_.platform->advance(d, dilated(options_.waits.settle))) fail(who_is_at_work(), where);
}

bool test_system::pass_time(std::optional<duration> within, const std::function<bool(duration)>& there) {
  if (!within || !scope_.platform->time_stands_still())
    return there(dilated(within ? *within : options_.waits.expect));
  const time_point end = after(now(), *within);
  for (bool more = true;;) {
    if (!scope_.platform->settle(dilated(options_.waits.settle))) return there(duration::zero());
    if (there(duration::zero())) return true;
    if (!more) return false;
    more = scope_.platform->step(end);
  }
}

std::vector<std::string> test_system::problems() {
  std::vector<std::string> out;
  if (options_.leftovers) {
    if (!scope_.platform->settle(dilated(options_.waits.settle))) out.push_back(who_is_at_work());
    const auto left = testkit::leftovers(*this, kept_, may_wait_, dilated(options_.waits.settle));
    for (const auto& line : left) out.push_back("left behind: " + line);
  }
  // Before the shutdown: what is in mailboxes then becomes dead letters as a matter of course (L3).
  for (const auto& line : said().not_expected({options_.refuse.dead_letters, false, false}))
    out.push_back("not expected: " + line);
  return out;
}

void test_system::finish(source_location where) {
  if (std::exchange(finished_, true)) return;
  const bool unwinding = std::uncaught_exceptions() > exceptions_before_;
  const bool has_failed = unwinding || (options_.report_to && options_.report_to->has_failed());
  auto found = has_failed ? std::vector<std::string>{} : problems();
  scope_.platform->let_go();
  shutdown();
  if (!has_failed)
    for (const auto& line : said().not_expected({false, options_.refuse.failures, options_.refuse.warnings}))
      found.push_back("not expected: " + line);
  if (!has_failed && found.empty()) return;
  if (const std::string log = said().log_text(); !log.empty())
    std::fprintf(stderr, "---- the log of the failed test's system\n%s----\n", log.c_str());
  if (found.empty()) return;
  std::string report = "the test is not over when it ends (TS2):";
  for (const auto& line : found) report += "\n  " + line;
  fail_test_at_end(options_.report_to, report, where, unwinding);
}

}  // namespace troupe::testkit
