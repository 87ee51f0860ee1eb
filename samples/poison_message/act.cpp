#include "act.hpp"

#include <troupe/testkit/test_system.hpp>
#include <troupe/tree/inspect.hpp>

namespace post {

using namespace std::chrono_literals;
using troupe::child_builder;
using troupe::errc;
using troupe::poison_policy;

namespace {

constexpr troupe::backoff_settings waits{.min = 100ms, .max = 400ms, .jitter = 0.0};

void print(const troupe::event& e) {
  if (e.kind == troupe::event_kind::dead_letter)
    std::printf("  ! dead letter for %s: %s%s, because %s\n", e.path.c_str(), e.message.c_str(),
                e.content.c_str(), e.reason.c_str());
  else if (e.kind == troupe::event_kind::actor_failed)
    std::printf("  ! %s has failed; %s\n", e.path.c_str(), e.action.c_str());
}

}  // namespace

std::vector<act> acts(unsigned retries) {
  const errc printed{};
  const int jams = static_cast<int>(retries);
  return {
      {"drop, the default: who sent it hears of the failure, the others are printed",
       0,
       [](child_builder c) { return c; },
       false,
       {printed, errc::handler_failed, printed},
       1},
      {"retry, for a letter that never works: run again so often, then dropped. The others wait behind it",
       0,
       [retries](child_builder c) { return std::move(c).poison(poison_policy::retry(retries)); },
       false,
       {printed, errc::handler_failed, printed},
       retries + 1},
      {"retry, for a device that works in the end: nothing is lost, and the order is kept",
       jams,
       [retries](child_builder c) { return std::move(c).poison(poison_policy::retry(retries)); },
       false,
       {printed, printed, printed},
       retries},
      {"put_back, with waits: for what is sure to work one day. The mailbox waits with it",
       5,
       [](child_builder c) { return std::move(c).poison(poison_policy::put_back()).backoff(waits); },
       false,
       {printed, printed, printed},
       5},
      {"put_back, for what is not: failures in a row have a limit, and behind it all are told",
       0,
       [](child_builder c) { return std::move(c).poison(poison_policy::put_back()).backoff(waits, 3); },
       false,
       {printed, errc::stopped, errc::stopped},
       3,
       true},
      {"the fix: look first. What can't be done is an answer, and no failure",
       0,
       [](child_builder c) { return c; },
       true,
       {printed, errc::invalid, printed},
       0},
  };
}

bool play(const act& one) {
  namespace testkit = troupe::testkit;
  std::printf("\n== %s\n", one.title);
  // Time stands still unless it is told to pass, and one worker runs everything: each run prints the same.
  testkit::test_system sys{
      {.time = testkit::time_kind::manual, .system = {.workers = 1}, .leftovers = false}};
  const auto news = sys.events().subscribe(print);
  const auto box = std::make_shared<device>(one.jams);
  const auto back = troupe::spawn<tray>(sys, "tray");
  const auto office = troupe::supervise(
      sys, "office", troupe::one_for_one{.intensity = 1, .period = 10s},
      one.policy(troupe::child<printer>("printer", box, one.looks_first, troupe::ref<returned>{back})));
  const auto ended = std::make_shared<std::atomic<bool>>(false);
  office.when_ended([ended](const troupe::exit_reason& why) {
    if (why.kind != troupe::exit_kind::failed) return;  // the end of the act
    std::printf("  ! /user/office has ended: %s\n", why.why.text.c_str());
    *ended = true;
  });

  // All three at once: the third is in the mailbox while the second is what the printer fails on.
  const auto to = office.ref<letter>("printer");
  std::vector<troupe::future<std::string>> answers;
  answers.push_back(to.ask(letter{1, "dear ada"}, 1min));
  answers.push_back(to.ask(letter{2, one.jams > 0 ? "thick: dear bob" : "dear \x1b bob"}, 1min));
  answers.push_back(to.ask(letter{3, "dear cleo"}, 1min));
  sys.settle();
  sys.advance(10s);
  const auto restarts = troupe::inspect(sys.env(), to.path()).restarts;
  const bool gave_up = *ended;

  bool right = gave_up == one.gives_up && (gave_up || restarts == one.restarts);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto came = answers[i].get();
    std::printf("  letter %zu: %s\n", i + 1, came ? came->c_str() : to_string(came.error()).c_str());
    right &= (came ? errc{} : came.error().code) == one.answers[i];
  }
  if (one.looks_first) right &= sys.expect_reply(back.ask(look_into{}, 10s)) == std::vector<int>{2};
  sys.events().unsubscribe(news);
  if (!right) std::printf("NOT SO: after %llu restarts\n", static_cast<unsigned long long>(restarts));
  return right;
}

}  // namespace post
