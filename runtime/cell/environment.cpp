#include <caf/actor_system.hpp>
#include <charconv>
#include <troupe/base/check.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/mailbox_survey.hpp>
#include <troupe/cell/message_facts.hpp>
#include <troupe/cell/terminated.hpp>

namespace troupe {

namespace {
using environment_count = boost::intrusive_ref_counter<environment, boost::thread_safe_counter>;
}  // namespace

void intrusive_ptr_add_ref(environment* e) noexcept {
  intrusive_ptr_add_ref(static_cast<const environment_count*>(e));
}

void intrusive_ptr_release(environment* e) noexcept {
  intrusive_ptr_release(static_cast<const environment_count*>(e));
}

environment::environment(port::platform& platform, environment_options options)
    : scheduler_(platform, options.workers),
      blocking_(options.blocking_threads),
      dispatchers_(platform, scheduler_, blocking_, options.dispatchers),
      deployed_(std::move(options.actors)),
      waits_(options.mailbox_sample_period > duration::zero()),
      message_text_max_(options.message_text_max),
      names_(*this, platform.entropy().next()),
      span_seed_(platform.entropy().next()) {
  hub_.surveyed_by([this] { return survey_mailboxes(*this); });
  if (options.mailbox_sample_period > duration::zero()) {
    scheduler_.sample_every(options.mailbox_sample_period);
    dispatchers_.sample_every(options.mailbox_sample_period);
  }
  if (const duration limit = options.slow_handler; limit > duration::zero()) {
    const auto watch = [&](engine::scheduler& s) {
      s.watch_turns(slow_handlers_.emplace_back(*this, s.worker_count(), limit));
    };
    watch(scheduler_);
    dispatchers_.each_pool([&](const std::string&, engine::scheduler& s) { watch(s); });
  }
  dispatchers_.each_blocking([this](const std::string& name, engine::blocking_pool& pool) {
    thread_retry& again = thread_retries_.emplace_back(pool);
    pool.no_thread([this, name, &again](std::size_t waiting, bool news) {
      if (news)
        hub_.log(log_level::error, name,
                 "no thread can be started and none lives; " + std::to_string(waiting) +
                     " actors wait, trying again every second");
      timers().arm(again, after(now(), seconds{1}));
    });
  });
  for (const auto& one : deployed_.all())
    if (!one.dispatcher.empty())
      if (const std::string problem = no_dispatcher(one.dispatcher); !problem.empty())
        throw failed{{errc::invalid, "actor '" + one.path + "': " + problem}};
}

environment::~environment() = default;

std::uint64_t environment::next_id() noexcept {
  caf::actor_system* const host = caf();
  return host ? host->next_actor_id() : 0;
}

engine::dispatcher& environment::dispatcher(std::string_view name) {
  if (auto* const found = dispatchers_.find(name)) return *found;
  throw failed{{errc::not_found, no_dispatcher(name)}};
}

std::string environment::no_dispatcher(std::string_view name) const {
  if (dispatchers_.find(name)) return {};
  return "there is no dispatcher '" + std::string{name} + "'; there are " + dispatchers_.names();
}

time_point environment::now() const noexcept { return open() ? scheduler_.now() : time_point{}; }

time_point environment::from_now(duration delay) noexcept {
  return open() ? after(scheduler_.platform().clock().now(), delay) : time_point{};
}

time_point environment::deadline_after(duration timeout) noexcept {
  if (!open()) return {};
  const port::coarse_time now = scheduler_.platform().clock().coarse();
  return now.behind <= timeout / 100 ? after(now.at + now.behind, timeout) : from_now(timeout);
}

bool environment::is_over(time_point deadline) noexcept {
  if (!open()) return false;
  const port::coarse_time now = scheduler_.platform().clock().coarse();
  return deadline <= now.at + now.behind && deadline <= scheduler_.now();
}

void environment::add_interceptor(std::shared_ptr<interceptor> one) {
  check(cells() == 0, "an interceptor is added before the first actor is made");
  interceptors_.add(std::move(one));
}

std::uint64_t environment::next_span() noexcept {
  constexpr std::uint64_t step =
      0x9e3779b97f4a7c15ull;  // splitmix64's: each number of the sequence from its place in it
  const std::uint64_t n = spans_.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t made = prng{span_seed_ + n * step}.next();
  return made ? made : 1;
}

trace_context environment::new_trace() noexcept {
  // From the source itself: ids of many nodes must differ. Spans only within their trace.
  const std::uint64_t high = platform().entropy().next();
  const std::uint64_t low = platform().entropy().next();
  return {high, low ? low : 1, next_span()};
}

std::string environment::message_name(std::uint64_t hash) const {
  if (const message_type* const type = settings_.find_message(hash)) return std::string{type->name};
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, hash, 16).ptr;
  return "type 0x" + std::string(16 - static_cast<std::size_t>(end - digits), '0') + std::string(digits, end);
}

void environment::dead_letter(engine::envelope_ptr e, std::string to, error why) noexcept {
  // News for a watcher that is gone itself is no loss: a parent that watches its children would report each at every shutdown.
  if ((e->type == &terminated_type || e->type == &link_ended_type) && why.code == errc::stopped) return;
  const auto slot = std::move(e->reply);
  std::string reason{to_string(why.code)};
  if (!why.text.empty()) reason += ": " + why.text;
  // Counted before the asker is told, so that whoever acts on the answer sees the count.
  hub_.publish(
      {event_kind::dead_letter, now(), to, std::string{e->type ? e->type->name : "?"}, std::move(reason)},
      [this, &e](event& news) {
        message_facts about = message_facts::of(*this, *e);
        news.sender = std::move(about.sender);
        news.content = std::move(about.content);
        news.trace = std::move(about.trace);
      });
  if (e->type == &caf_element_type) e->as<caf_element>().refuse(why.code);  // CE1
  e.reset();
  if (!slot) return;
  // M5: who asked knows an expired message as a timeout, whoever notices first, and a full mailbox as overload.
  if (why.code == errc::expired) why.code = errc::timeout;
  if (why.code == errc::mailbox_full) why.code = errc::overloaded;
  if (why.text.empty()) why.text = "the message was not delivered";
  if (why.path.empty()) why.path = std::move(to);
  slot->fail(std::move(why));
}

void environment::set_root(cell_ptr root) {
  const std::lock_guard hold{root_mutex_};
  root_.swap(root);
}

cell_ptr environment::resolve(std::string_view path) const {
  cell_ptr at;
  {
    const std::lock_guard hold{root_mutex_};
    at = root_;
  }
  if (path.empty() || path.front() != '/') return {};
  path.remove_prefix(1);
  while (at && !path.empty()) {
    const auto slash = path.find('/');
    at = at->child(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

}  // namespace troupe
