#include "stress/member.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <troupe/cell/cell.hpp>

namespace stress {

namespace {

/// The number in a name that was not ours: `$17`, or a dynamic child's `17`; 0 for `c17`.
std::uint64_t number_in(const std::string& path) {
  std::string_view name = std::string_view{path}.substr(path.rfind('/') + 1);
  if (name.starts_with('c')) return 0;
  if (name.starts_with('$')) name.remove_prefix(1);
  std::uint64_t n = 0;
  std::from_chars(name.data(), name.data() + name.size(), n);
  return n;
}

/// A handler waits for as long as it lives.
class waits {
 public:
  explicit waits(bool& now) noexcept : now_(now) { now_ = true; }
  ~waits() { now_ = false; }
  waits(const waits&) = delete;
  waits& operator=(const waits&) = delete;

 private:
  bool& now_;
};

}  // namespace

member::inside::inside(const member& m) : at_(*m.role_.at) {
  m.judge().expect(!at_.busy.exchange(true, std::memory_order_relaxed), "L2",
                   "one thread at a time in a cell");
}

// ---- its life

member::member(const role& mine, std::vector<peer> known)
    : role_(mine),
      random_(mine.where->seed ^ (mine.at->id << 32) ^ (incarnation() << 16)),
      known_(std::move(known)) {
  const inside here{*this};
  seat& s = *role_.at;
  if (incarnation() == 0) {
    me_ = role_.who ? role_.who : &books().new_life(s, role_.early);
    judge().expect(!me_->was_there, "L5", "a cell's first incarnation is made once");
    me_->was_there = true;
    me_->number.store(own_cell().number(), std::memory_order_relaxed);
    s.number.store(number_in(path()), std::memory_order_relaxed);
    books().succeed(*me_);
  } else {
    me_ = s.current;
    judge().expect(s.supervised, "S11", "only a supervisor restarts its children");
    judge().expect(incarnation() == me_->incarnation + 1, "L5", "a restart raises the incarnation by one");
  }
  judge().expect(me_->now == phase::nobody, "S6", "the old object is destroyed before the new one is made");
  me_->incarnation = incarnation();
  me_->now = phase::constructed;
  if (incarnation() > 0) figures::add(books().counted.restarts);
  const std::uint64_t alive = books().alive.fetch_add(1, std::memory_order_relaxed) + 1;
  if (alive > books().counted.at_once.load(std::memory_order_relaxed))
    books().counted.at_once.store(alive, std::memory_order_relaxed);
}

member::~member() {
  const inside here{*this};
  judge().expect(me_->now == phase::stopped || me_->now == phase::constructed, "L2",
                 "on_stop before the destructor, if and only if on_start was successful");
  me_->now = phase::nobody;
  books().alive.fetch_sub(1, std::memory_order_relaxed);
}

void member::on_start() {
  const inside here{*this};
  judge().expect(me_->now == phase::constructed, "L2", "on_start follows the constructor, once");
  // A supervisor whose child fails in its first start fails itself; restarts may fail as they like (S9).
  if (incarnation() > 0 && !calm() && one_in(10)) throw std::runtime_error("a start that fails");
  me_->now = phase::started;
  books().started.fetch_add(1, std::memory_order_relaxed);
  if (!calm()) talk();
}

void member::on_stop() {
  const inside here{*this};
  judge().expect(me_->now == phase::started, "L2", "on_stop once for each start that was successful");
  me_->now = phase::stopped;
  books().stopped.fetch_add(1, std::memory_order_relaxed);
  if (me_->never_stopped) books().calm.store(true, std::memory_order_relaxed);  // RO1
  for (const peer& child : children_)
    judge().expect(child.who->was_there && child.who->now == phase::nobody, "L3",
                   "its children have stopped before it does");
  if (one_in(3) && !calm()) talk();
  if (one_in(10)) {
    try {
      spawn<player>(role_, std::vector<peer>{});
      judge().broken("L3", "who stops has no new children", "a new child");
    } catch (const troupe::failed& refused) {
      judge().expect(refused.why().code == troupe::errc::stopped, "L3", "`stopped`, from spawn in on_stop");
    }
  }
}

// ---- what comes in

void member::arrived(const stamp& mark, kind what) {
  judge().expect(me_->now == phase::started, "L2", "messages between on_start and on_stop only");
  judge().expect(!waiting_, "M7", "no message while a handler waits");
  tries_ = books().receive(*me_, mark, what);
}

void member::on(const note& m) {
  const inside here{*this};
  const errand handled = errand::arrived(books().traffic);
  arrived(m.mark, kind::tell);
  if (m.meet.to) meet(m.meet);
  react(&m.mark, kind::tell);
}

void member::on(parcel m) {
  const inside here{*this};
  const errand handled = errand::arrived(books().traffic);
  arrived(m.mark, kind::tell);
  judge().expect(
      m.text.size() == m.numbers.size() && m.text.back() == 'x' && m.numbers.back() == answer_to(m.mark),
      "M1", "a message arrives whole");
  react(&m.mark, kind::tell);
}

void member::on(const roll_call&) {
  const inside here{*this};
  const errand handled = errand::arrived(books().traffic);
  for (const peer& p : me_->watched)
    if (p.who->early)
      judge().broken("L3, L4", "one `terminated` from each watched actor that has stopped",
                     "none from " + p.to.path() + " at " + path());
  for (const peer& child : children_) {
    books().traffic.begin();
    child.to.tell(roll_call{});
  }
}

void member::on_terminated(const troupe::terminated& news) {
  const inside here{*this};
  judge().expect(me_->now == phase::started, "L2", "messages between on_start and on_stop only");
  judge().expect(!waiting_, "M7", "no message while a handler waits");
  auto& all = me_->watched;
  const auto subject = std::find_if(all.begin(), all.end(), [&](const peer& p) {
    return p.who->number.load(std::memory_order_relaxed) == news.number();
  });
  if (subject == all.end()) {
    judge().broken("L3, L4", "`terminated` once, from those who are watched", "one from " + news.path());
    return;
  }
  judge().expect(subject->who->was_there && subject->who->now == phase::nobody, "L3",
                 "`terminated` when it has stopped");
  figures::add(books().counted.terminated);
  // S7: one that is put back comes again, unless it is unwatched before; how often it was retried is not in the books.
  if (role_.poison.what == troupe::poison_policy::fate::put_back) stumble(nullptr, kind::tell, 50);
  all.erase(subject);
  if (role_.poison.what == troupe::poison_policy::fate::drop) stumble(nullptr, kind::tell, 50);
}

// ---- failing

void member::stumble(const stamp* poison, kind what, std::uint64_t odds) {
  if (!calm() && !me_->never_stopped && one_in(odds)) fall(poison, what);
}

void member::fall(const stamp* poison, kind what) {
  using fate_of_poison = troupe::poison_policy::fate;
  seat& s = me_->at;
  std::vector<repeat> back;
  put_back(back);
  if (poison) {
    const bool again = role_.poison.what == fate_of_poison::put_back ||
                       (role_.poison.what == fate_of_poison::retry && tries_ < role_.poison.retries);
    if (again)
      back.push_back({*poison, what, tries_ + 1});
    else
      ++s.thrown[static_cast<std::size_t>(what)];
  }
  books().traffic.begin(back.size());
  s.again.insert(s.again.begin(), back.begin(), back.end());
  figures::add(books().counted.thrown);
  throw std::runtime_error("on purpose");
}

// ---- asking

stamp member::next(const peer& to, kind what) {
  sent_so_far& so_far = sent_[to.who ? static_cast<const void*>(to.who) : static_cast<const void*>(to.at)];
  ++so_far.number;
  if (what == kind::tell) ++so_far.tells;
  return {me_->id << 20 | me_->incarnation, so_far.number, so_far.tells, !to.who};
}

troupe::task<void> member::wonder(peer whom, troupe::duration limit, bool for_a_handler) {
  const errand own{books().traffic};
  const stamp mark = next(whom, kind::ask);
  books().sending(*whom.at, kind::ask);
  // M6: of two deadlines the earlier.
  const troupe::time_point deadline =
      std::min(troupe::after(now(), limit), troupe::turn_context::current().deadline);
  const auto answer = co_await ask<question>(whom.to, limit, mark);
  const inside here{*this};
  judge_answer(whom, mark, answer, deadline, for_a_handler);
}

void member::judge_answer(const peer& whom, const stamp& mark, const troupe::result<std::uint64_t>& answer,
                          troupe::time_point deadline, bool for_a_handler) {
  judge().expect(me_->now == phase::started, "L6", "no suspended handler goes on after on_stop");
  figures::add(answer ? books().counted.answers : books().counted.refusals);
  if (answer) {
    judge().expect(*answer == answer_to(mark), "M5", "the answer to this question");
    return;
  }
  switch (answer.error().code) {
    case troupe::errc::timeout:
      judge().expect(ports().clock().now() >= deadline, "M5", "no timeout before the deadline");
      break;
    case troupe::errc::restarted:
      judge().expect(whom.at->supervised, "M5", "`restarted` from a supervised actor only");
      break;
    case troupe::errc::cycle:
      figures::add(books().counted.cycles);
      judge().expect(for_a_handler, "M7", "a cycle of handlers that wait");
      judge().expect(answer.error().text.find(" waits for " + path()) != std::string::npos, "M7",
                     "somebody of the cycle waits for who asked");
      break;
    case troupe::errc::stopped:
    case troupe::errc::handler_failed:
      break;
    default:
      judge().broken("M5", "an answer, timeout, restarted, stopped, handler_failed or cycle",
                     to_string(answer.error()));
  }
}

troupe::task<std::uint64_t> player::on(question m) {
  const errand handled = errand::arrived(books().traffic);
  bool asks = false;
  {
    const inside here{*this};
    arrived(m.mark, kind::ask);
    react(&m.mark, kind::ask);
    asks = !calm() && !thin() && one_in(3);
  }
  if (asks) {
    const peer whom = somebody();
    auto asked = wonder(whom, troupe::microseconds{500 + dice(20'000)}, true);
    {
      const waits here{waiting_};  // its asker may give up: then this handler ends here (M5)
      co_await asked;
    }
    const inside here{*this};
    stumble(&m.mark, kind::ask, 40);
  }
  co_return answer_to(m.mark);
}

// ---- with held replies

void scribe::on(const note& m) {
  member::on(m);
  held_.push_back({m.mark, kind::tell, tries_});
}

void scribe::on(const parcel& m) {
  member::on(parcel{m});
  held_.push_back({m.mark, kind::tell, tries_});
}

std::uint64_t scribe::on(const question& m) {
  const inside here{*this};
  const errand handled = errand::arrived(books().traffic);
  arrived(m.mark, kind::ask);
  react(&m.mark, kind::ask);
  held_.push_back({m.mark, kind::ask, tries_});
  return answer_to(m.mark);
}

void scribe::on_turn_end() {
  const inside here{*this};
  stumble(nullptr, kind::tell, 200);
  held_.clear();
}

void scribe::put_back(std::vector<repeat>& out) { out.swap(held_); }

}  // namespace stress
