#include "teller.hpp"

namespace bank {

using namespace std::chrono_literals;
using troupe::result;
using troupe::task;

teller::teller(teller_settings how)
    : how_(how), mishap_(ports(), how.mishaps), journal_(find<journal>("/user/bank/journal")) {
  for (std::int64_t i = 0; i < how_.branches; ++i)
    branches_.push_back(find<branch>("/user/bank/branch-" + std::to_string(i)));
}

task<void> teller::on_start() {
  const auto open = co_await answer_of<unfinished>(journal_);
  if (!open->empty())
    log(troupe::log_level::info, "goes on with " + std::to_string(open->size()) + " transfers");
  for (const transfer& t : *open) {
    under_way_[t.id];
    launch(carry_out(t));
  }
}

troupe::promise<step> teller::on(const transfer& m) {
  auto owed = answer_later<step>();
  const auto known = under_way_.find(m.id);
  if (known != under_way_.end()) {
    known->second.push_back(owed);
  } else if (under_way_.size() >= under_way_max) {
    owed.fail({troupe::errc::overloaded, "too many transfers are under way; ask again later"});
  } else if (m.cents <= 0 || m.from.branch < 0 || m.from.branch >= how_.branches || m.to.branch < 0 ||
             m.to.branch >= how_.branches) {
    owed.fail({troupe::errc::invalid, "a transfer is of more than 0 cents, between branches 0 to " +
                                          std::to_string(how_.branches - 1)});
  } else {
    under_way_[m.id].push_back(owed);
    launch(carry_out(m));
  }
  return owed;
}

task<void> teller::carry_out(transfer t) {
  step where = *co_await answer_of<enter>(journal_, t);
  while (where < step::done) {
    where = co_await advance(t, where);
    mishap_.may_happen("at the teller, after a step that the journal does not know of");
    static_cast<void>(co_await answer_of<reached>(journal_, t.id, where));  // TL1
    mishap_.may_happen("at the teller, between two steps");
  }
  const auto over = under_way_.extract(t.id);
  for (const auto& owed : over.mapped()) owed.reply(where);
}

// Does the step after `from`, and says where that leads.
task<step> teller::advance(transfer t, step from) {
  if (from == step::begun) {
    const bool taken = co_await booked(t.id + " out", t.from, -t.cents);
    co_return taken ? step::taken : step::refused;
  }
  const bool given = co_await booked(t.id + " in", t.to, t.cents);
  if (given) co_return step::done;
  if (!how_.compensate) co_return step::refunded;                      // it says so, at least
  const bool back = co_await booked(t.id + " back", t.from, t.cents);  // TL3
  if (back) co_return step::refunded;
  log(troupe::log_level::error, "nobody takes the money of transfer " + t.id);
  co_return step::owed;
}

// Whether the branch has done it; false: it has refused.
task<bool> teller::booked(std::string op, account at, std::int64_t cents) {
  const auto what =
      co_await answer_of<book>(branches_[static_cast<std::size_t>(at.branch)], op, at.number, cents);
  co_return what.has_value();
}

// Asks until there is an answer, or a refusal (TL2). When there is none for long the teller fails, and begins anew.
template <class M, class... Ts, class... Fields>
task<result<troupe::reply_of<M>>> teller::answer_of(troupe::ref<Ts...> from, Fields... fields) {
  troupe::retry_settings how{
      .attempts_max = 1'000,
      .waits = {.min = 1ms, .max = 100ms},
      .within = 20s,
      .retried = [](const troupe::error& e) { return troupe::is_callee_trouble(e.code); }};
  auto what = co_await troupe::retrying(how, [&] { return ask<M>(from, 2s, fields...); });
  if (!what && how.retried(what.error())) throw troupe::failed{what.error()};
  co_return what;
}

}  // namespace bank
