#include <algorithm>
#include <troupe/cell/environment.hpp>
#include <troupe/system/system.hpp>
#include <troupe/testkit/captured.hpp>
#include <troupe/testkit/print.hpp>
#include <utility>

namespace troupe::testkit {

namespace {

bool is_failure(event_kind kind) noexcept {
  return kind == event_kind::actor_failed || kind == event_kind::escalated ||
         kind == event_kind::shutdown_slow;
}

/// Whether the hub made the line of an event.
bool tells_of_event(const log_line& l) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(event_kind::count_); ++i)
    if (l.line.starts_with(to_string(static_cast<event_kind>(i)))) return true;
  return false;
}

}  // namespace

std::string to_line(const event& e) {
  std::string out{to_string(e.kind)};
  if (!e.message.empty()) out += " of " + e.message;
  out += (e.kind == event_kind::dead_letter ? " to " : " at ") + e.path;
  if (!e.reason.empty()) out += ": " + e.reason;
  if (!e.action.empty()) out += "; " + e.action;
  return out;
}

std::string to_line(const log_line& l) {
  return std::string{to_string(l.level)} + ' ' + l.where + ": " + l.line;
}

struct captured::store {
  explicit store(boost::intrusive_ptr<environment> e) : env(std::move(e)) {}

  void add(entry e) {
    const std::lock_guard hold{mutex};
    e.number = next++;
    if (entries.size() == captured_max) {
      if (!entries.front().taken) ++dropped;
      entries.pop_front();
    }
    entries.push_back(std::move(e));
    changed.notify_all();
  }

  boost::intrusive_ptr<environment> env;
  std::uint64_t of_events = 0;
  std::uint64_t of_log = 0;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<entry> entries;  // guarded by mutex, with the two below
  std::uint64_t next = 0;
  std::uint64_t dropped = 0;
};

captured::captured(troupe::system& sys, reporter_ptr report_to, patience waits)
    : store_(std::make_shared<store>(&sys.env())), report_to_(std::move(report_to)), waits_(waits) {
  hub& h = sys.events();
  store_->of_events = h.subscribe([s = std::weak_ptr{store_}](const event& e) {
    if (const auto to = s.lock()) to->add({.number = 0, .is_log = false, .what = e});
  });
  store_->of_log = h.subscribe_log(
      [s = std::weak_ptr{store_}](log_level level, std::string_view where, std::string_view line) {
        if (const auto to = s.lock())
          to->add({.number = 0, .is_log = true, .line = {level, std::string{where}, std::string{line}}});
      },
      log_level::debug);
}

captured::~captured() {
  store_->env->events().unsubscribe(store_->of_events);
  store_->env->events().unsubscribe(store_->of_log);
}

captured::entry captured::take(const std::function<bool(const entry&)>& fits, const std::string& expected,
                               source_location where) {
  const stopwatch watch{dilated(waits_.expect)};
  std::string report;
  {
    std::unique_lock hold{store_->mutex};
    auto found = store_->entries.end();
    const bool came = store_->changed.wait_for(hold, watch.left(), [&] {
      found = std::find_if(store_->entries.begin(), store_->entries.end(),
                           [&](const entry& e) { return !e.taken && fits(e); });
      return found != store_->entries.end();
    });
    if (came) {
      found->taken = true;
      return *found;
    }
    report = "expected " + expected + ", which did not come within " + printed_time(watch.limit());
    constexpr std::size_t lines_max = 20;
    std::size_t shown = 0, all = 0;
    std::string lines;
    for (auto e = store_->entries.rbegin(); e != store_->entries.rend(); ++e) {
      if (e->taken) continue;
      if (all++ >= lines_max) continue;
      lines.insert(0, "\n  " + (e->is_log ? "log: " + to_line(e->line) : to_line(e->what)));
      ++shown;
    }
    report += all == 0 ? "; nothing else came either"
                       : "; what came and was not expected" +
                             (all > shown
                                  ? " (the last " + std::to_string(shown) + " of " + std::to_string(all) + ")"
                                  : std::string{}) +
                             ":" + lines;
  }
  fail_test(report_to_, report, where);
}

event captured::expect_event(event_kind kind, std::string_view path, std::string_view message,
                             source_location where) {
  const auto fits = [&](const entry& e) {
    return !e.is_log && e.what.kind == kind && (path.empty() || e.what.path == path) &&
           (message.empty() || e.what.message == message);
  };
  std::string expected = "the event " + std::string{to_string(kind)};
  if (!message.empty()) expected += " of a " + std::string{message};
  if (!path.empty()) expected += (kind == event_kind::dead_letter ? " to " : " at ") + std::string{path};
  return take(fits, expected, where).what;
}

log_line captured::expect_log(log_level level, std::string_view part, source_location where) {
  const auto fits = [&](const entry& e) {
    return e.is_log && e.line.level == level && e.line.line.find(part) != std::string::npos;
  };
  return take(fits,
              "a log line of level " + std::string{to_string(level)} + " with " + in_quotes(part) + " in it",
              where)
      .line;
}

std::vector<std::string> captured::not_expected(unexpected what) const {
  std::vector<std::string> out;
  const std::lock_guard hold{store_->mutex};
  for (const entry& e : store_->entries) {
    if (e.taken) continue;
    if (e.is_log) {
      if (what.warnings && e.line.level >= log_level::warning && !tells_of_event(e.line))
        out.push_back("log: " + to_line(e.line));
    } else if ((what.dead_letters && e.what.kind == event_kind::dead_letter) ||
               (what.failures && is_failure(e.what.kind))) {
      out.push_back(to_line(e.what));
    }
  }
  if (store_->dropped && !out.empty())
    out.push_back("(and of " + std::to_string(store_->dropped) + " entries before these nothing is known)");
  return out;
}

void captured::expect_nothing_else(unexpected what, source_location where) {
  const auto lines = not_expected(what);
  if (lines.empty()) return;
  std::string report = "nothing else was expected to happen, but there was:";
  constexpr std::size_t lines_max = 20;
  for (std::size_t i = 0; i < std::min(lines.size(), lines_max); ++i) report += "\n  " + lines[i];
  if (lines.size() > lines_max) report += "\n  and " + std::to_string(lines.size() - lines_max) + " more";
  fail_test(report_to_, report, where);
}

void captured::forget() {
  const std::lock_guard hold{store_->mutex};
  for (entry& e : store_->entries) e.taken = true;
  store_->dropped = 0;
}

std::vector<event> captured::events() const {
  std::vector<event> out;
  const std::lock_guard hold{store_->mutex};
  for (const entry& e : store_->entries)
    if (!e.is_log) out.push_back(e.what);
  return out;
}

std::vector<log_line> captured::log() const {
  std::vector<log_line> out;
  const std::lock_guard hold{store_->mutex};
  for (const entry& e : store_->entries)
    if (e.is_log) out.push_back(e.line);
  return out;
}

std::string captured::log_text() const {
  std::string out;
  for (const log_line& l : log()) out += to_line(l) + '\n';
  return out;
}

std::uint64_t captured::mark() const {
  const std::lock_guard hold{store_->mutex};
  return store_->next;
}

std::string captured::since(std::uint64_t mark, std::size_t lines_max) const {
  std::string out;
  std::size_t all = 0;
  const std::lock_guard hold{store_->mutex};
  for (const entry& e : store_->entries) {
    if (e.number < mark || e.is_log) continue;
    if (e.what.kind != event_kind::dead_letter && !is_failure(e.what.kind)) continue;
    if (all++ < lines_max) out += "\n    " + to_line(e.what);
  }
  if (all > lines_max) out += "\n    and " + std::to_string(all - lines_max) + " more";
  return out;
}

}  // namespace troupe::testkit
