#include <algorithm>
#include <exception>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/mailbox_figures.hpp>
#include <utility>

namespace troupe {

namespace {

constexpr std::string_view kind_names[] = {
    "dead_letter",   "actor_failed",    "actor_started",   "actor_restarted",  "actor_stopped",
    "escalated",     "shutdown_slow",   "peer_up",         "peer_unreachable", "peer_down",
    "messages_lost", "peer_refused",    "connection_lost", "accept_failed",    "ask_cycle",
    "handler_slow",  "handler_ended",   "message_traced",  "decision_done",    "actor_killed",
    "not_permitted", "contracts_differ"};
static_assert(std::size(kind_names) == static_cast<std::size_t>(event_kind::count_));

constexpr std::string_view level_names[] = {"debug", "info", "warning", "error"};

log_level level_of(event_kind kind) noexcept {
  switch (kind) {
    case event_kind::actor_started:  // there may be a hundred thousand of them at once
      return log_level::debug;
    case event_kind::actor_restarted:
    case event_kind::actor_stopped:
    case event_kind::peer_up:
    case event_kind::handler_ended:
    case event_kind::message_traced:
    case event_kind::decision_done:
    case event_kind::actor_killed:  // why is said at the level of a warning: `shutdown_slow`
      return log_level::info;
    case event_kind::escalated:
      return log_level::error;
    default:
      return log_level::warning;
  }
}

/// Whether nobody decides how often it happens, or somebody else does (O2).
bool is_limited(event_kind kind) noexcept {
  return kind == event_kind::dead_letter || kind == event_kind::peer_refused ||
         kind == event_kind::connection_lost || kind == event_kind::accept_failed ||
         kind == event_kind::ask_cycle || kind == event_kind::handler_slow ||
         kind == event_kind::handler_ended || kind == event_kind::not_permitted;
}

std::string line_of(const event& e) {
  std::string line{to_string(e.kind)};
  if (!e.message.empty()) line += " on " + e.message + e.content;
  if (!e.sender.empty()) line += " from " + e.sender;
  if (!e.reason.empty()) line += ": " + e.reason;
  if (!e.action.empty()) line += "; " + e.action;
  if (e.took > duration::zero())
    line += " (" + std::to_string(duration_cast<microseconds>(e.took).count()) + " us)";
  if (!e.trace.empty()) line += " trace=" + e.trace;
  return line;
}

// Each frame on a line of its own.
std::string stack_lines(std::string_view stack) {
  std::string out = "\n    thrown in ";
  for (const char c : stack) {
    out += c;
    if (c == '\n') out += "        from ";
  }
  return out;
}

}  // namespace

std::string_view to_string(event_kind kind) noexcept {
  const auto i = static_cast<std::size_t>(kind);
  return i < std::size(kind_names) ? kind_names[i] : "unknown";
}

std::string_view to_string(log_level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }

log_level log_level_from_string(std::string_view name) noexcept {
  for (std::size_t i = 0; i < std::size(level_names); ++i)
    if (level_names[i] == name) return static_cast<log_level>(i);
  return log_level::info;
}

void hub::log_to(log_sink sink, log_level least) {
  const std::lock_guard hold{mutex_};
  log_ = std::make_shared<log_sink>(std::move(sink));
  least_ = least;
  find_lowest();
}

// Under the lock.
void hub::find_lowest() noexcept {
  log_level lowest = least_;
  for (const auto& s : log_subscriptions_) lowest = std::min(lowest, s.least);
  lowest_.store(lowest, std::memory_order_relaxed);
}

std::uint64_t hub::subscribe_log(log_sink sink, log_level least) {
  const std::lock_guard hold{mutex_};
  log_subscriptions_.push_back({next_subscription_, least, std::make_shared<log_sink>(std::move(sink))});
  find_lowest();
  return next_subscription_++;
}

std::uint64_t hub::subscribe(event_sink sink) {
  const std::lock_guard hold{mutex_};
  subscriptions_.push_back({next_subscription_, std::make_shared<event_sink>(std::move(sink))});
  return next_subscription_++;
}

void hub::unsubscribe(std::uint64_t number) {
  const std::lock_guard hold{mutex_};
  const auto is_it = [number](const auto& s) { return s.number == number; };
  std::erase_if(subscriptions_, is_it);
  std::erase_if(log_subscriptions_, is_it);
  find_lowest();
}

bool hub::may_log(const event& e, std::uint64_t& skipped) noexcept {
  if (!is_limited(e.kind)) return true;
  const std::lock_guard hold{mutex_};
  log_budget& budget = budgets_[static_cast<std::size_t>(e.kind)];
  if (e.at - budget.second >= seconds{1}) {
    budget.second = e.at;
    budget.logged = 0;
  }
  if (budget.logged >= logged_per_second) {
    ++budget.skipped;
    return false;
  }
  ++budget.logged;
  skipped = std::exchange(budget.skipped, 0);
  return true;
}

void hub::counted(event_kind kind) noexcept {
  counts_[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_relaxed);
}

void hub::publish(const event& e) noexcept { publish(e, {}); }

void hub::publish(event e, const std::function<void(event&)>& details) noexcept {
  counted(e.kind);
  try {
    const auto listening = sinks();
    std::uint64_t skipped = 0;
    const bool logged = may_log(e, skipped) && level_of(e.kind) >= lowest_.load(std::memory_order_relaxed);
    if (listening.empty() && !logged) return;  // O3
    if (details) details(e);
    for (const auto& sink : listening) (*sink)(e);
    if (!logged) return;
    std::string line = line_of(e);
    if (skipped) line += " (and " + std::to_string(skipped) + " more that were not logged)";
    if (logs_stacks_ && !e.stack.empty()) line += stack_lines(e.stack);
    log(level_of(e.kind), e.path, line);
  } catch (const std::exception& failure) {
    log(log_level::error, "observe", failure.what());
  }
}

std::vector<std::shared_ptr<hub::event_sink>> hub::sinks() const {
  const std::lock_guard hold{mutex_};
  std::vector<std::shared_ptr<event_sink>> out;
  out.reserve(subscriptions_.size());
  for (const auto& s : subscriptions_) out.push_back(s.sink);
  return out;
}

void hub::log(log_level level, std::string_view where, std::string_view line) noexcept {
  if (level < lowest_.load(std::memory_order_relaxed)) return;
  try {
    std::shared_ptr<log_sink> sink;
    std::vector<std::shared_ptr<log_sink>> others;
    {
      const std::lock_guard hold{mutex_};
      if (level >= least_) sink = log_;
      for (const auto& s : log_subscriptions_)
        if (level >= s.least) others.push_back(s.sink);
    }
    if (sink) (*sink)(level, where, line);
    for (const auto& other : others) (*other)(level, where, line);
  } catch (...) {
    // A log that can't be written has nowhere left to say so.
  }
}

mailbox_survey hub::survey() const { return survey_ ? survey_() : mailbox_survey{}; }

}  // namespace troupe
