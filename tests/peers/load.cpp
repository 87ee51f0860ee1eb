#include "peers/load.hpp"

#include <troupe/actor/sleeping.hpp>

#include "scenario/nodes.hpp"

namespace peers {

using namespace std::chrono_literals;

namespace {

constexpr int entries_an_echo = 20;
constexpr auto rest = 2ms;             // of a sender that has failed, or is paused
constexpr auto answer_patience = 20s;  // of who asks: far more than any test waits for the peer's end
constexpr auto patience_of_keepers = 5min;

}  // namespace

troupe::task<void> sender::run() {
  for (std::uint64_t number = 0;;) {
    while (all_->paused) co_await sleep(rest);
    for (int i = 0; i < entries_an_echo; ++i) to_.tell(entry{index_, ++number});
    all_->told += entries_an_echo;
    ++all_->asked;
    const auto answer = co_await ask<echo>(to_, answer_patience, number);
    if (answer && *answer == number) {
      ++all_->answered;
      continue;
    }
    const bool lost = !answer && answer.error().code == troupe::errc::unreachable;
    if (!lost) ++all_->wrong;
    ++all_->failed;
    co_await sleep(rest);
  }
}

void news::note(const std::string& what) {
  const std::lock_guard hold{lock_};
  ++heard_[what];
}

std::uint64_t news::count(const std::string& what) const {
  const std::lock_guard hold{lock_};
  const auto at = heard_.find(what);
  return at == heard_.end() ? 0 : at->second;
}

std::uint64_t news::count_all(const std::string& front) const {
  const std::lock_guard hold{lock_};
  std::uint64_t out = 0;
  for (const auto& [what, times] : heard_)
    if (what.starts_with(front)) out += times;
  return out;
}

std::string news::text() const {
  const std::lock_guard hold{lock_};
  std::string out;
  for (const auto& [what, times] : heard_) out += std::to_string(times) + " " + what + "\n";
  return out;
}

troupe::task<troupe::result<bool>> keeper::on(depend) {
  clerk_ref whom = to_;
  troupe::ref<never> waits_for{to_};
  troupe::any_ref subject{to_};
  if (exact_) {
    const auto known = co_await ask<introduce>(to_, answer_patience);
    if (!known) co_return known.error();
    waits_for = troupe::ref<never>{*known};
    subject = troupe::any_ref{*known};
  } else if (const auto there = co_await ask<echo>(to_, answer_patience, std::uint64_t{0}); !there) {
    co_return there.error();
  }
  watch(subject);
  link(subject);
  launch(wait_for_answer(std::move(waits_for)));
  co_return true;
}

troupe::task<void> keeper::wait_for_answer(troupe::ref<never> of) {
  const auto answer = co_await ask<never>(of, patience_of_keepers);
  news_->note("ask " + (answer ? std::string{"answered"} : std::string{to_string(answer.error().code)}));
}

void keeper::on_terminated(const troupe::terminated& m) {
  news_->note("terminated " + std::string{to_string(m.kind())});
}

void keeper::on_link_ended(const troupe::link_ended& m) {
  news_->note("link_ended " + std::string{to_string(m.kind())});
}

crew::crew(troupe::system& sys, std::uint32_t senders, std::uint32_t keepers_wanted, const std::string& clerk)
    : keepers(keepers_wanted) {
  const auto to = troupe::node(sys, "n2").ref<entry, echo, never, leave, introduce>("/user/" + clerk);
  for (std::uint32_t i = 0; i < keepers; ++i)
    all_.push_back(troupe::spawn<keeper>(sys, clerk + "-keeper-" + std::to_string(i), to, i % 2 == 1, heard));
  for (std::uint32_t i = 0; i < senders; ++i)
    troupe::spawn<sender>(sys, clerk + "-sender-" + std::to_string(i), i + 1, to, sent);
}

bool crew::depend_now() {
  std::vector<troupe::future<bool>> under_way;
  for (const auto& one : all_) under_way.push_back(one.ask(depend{}, answer_patience));
  bool all = true;
  for (auto& one : under_way) all = one.get().has_value() && all;
  return all;
}

void crew::wait_for_answers(std::uint64_t more) {
  const std::uint64_t wanted = sent->answered + more;
  try {
    scenario::wait_until(std::to_string(more) + " echoes more", [&] { return sent->answered >= wanted; });
  } catch (const std::exception& e) {
    throw std::runtime_error(std::string{e.what()} + "; asked " + std::to_string(sent->asked) +
                             ", answered " + std::to_string(sent->answered) + ", failed " +
                             std::to_string(sent->failed) + ", wrong " + std::to_string(sent->wrong));
  }
}

void crew::wait_for_ends(std::uint64_t times) {
  const std::uint64_t wanted = times * keepers;
  try {
    scenario::wait_until("each keeper hears of the end", [&] {
      return heard->count_all("terminated") >= wanted && heard->count_all("link_ended") >= wanted &&
             heard->count_all("ask") >= wanted;
    });
  } catch (const std::exception& e) {
    throw std::runtime_error(std::string{e.what()} + "; heard was, by " + std::to_string(keepers) +
                             " keepers:\n" + heard->text());
  }
}

void crew::come_to_rest() {
  sent->paused = true;
  scenario::wait_until("every ask is over", [&] { return sent->asked == sent->answered + sent->failed; });
}

}  // namespace peers
