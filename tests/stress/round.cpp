#include "stress/round.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <troupe/tree/inspect.hpp>

namespace stress {

namespace {

constexpr std::size_t roots_max = 20;  // half of them early
constexpr std::size_t supervised_count = 40;
constexpr std::size_t inner_count = 4;
// How many times fewer messages a thin round has: nearly each of them costs a wake-up.
constexpr std::uint64_t thinner = 20;

std::string name_of(const seat& s) { return "c" + std::to_string(s.id); }

troupe::poison_policy poison_of(std::uint64_t n) {
  if (n % 3 == 0) return troupe::poison_policy::drop();
  if (n % 3 == 1) return troupe::poison_policy::retry(2);
  return troupe::poison_policy::put_back();
}

}  // namespace

round::round(const options& o, std::uint64_t seed)
    : options_(o),
      seed_(seed),
      random_(seed * 0x9e37),
      judge_(seed),
      books_(judge_, o.messages / 2 + 16 * o.actors),
      stage_{books_, seed, o.actors, random_.below(4) == 0} {}

unsigned round::worker_count() {
  return options_.workers ? static_cast<unsigned>(options_.workers) : 1u << random_.below(4);
}

result round::play() {
  start();
  keep_going();
  peace_ = random_.below(2) != 0;
  if (peace_) end_in_peace();
  take_down();
  books_.balance();
  return {books_.sent(), judge_.failures()};
}

std::string round::story() const {
  const auto line = [](const char* what, std::uint64_t n) { return ", " + std::to_string(n) + " " + what; };
  const figures& f = books_.counted;
  return "seed " + std::to_string(seed_) + ", " + std::to_string(system_workers_) + " workers, " +
         (stage_.thin ? "thin, " : "") + (peace_ ? "ends in peace" : "is shut down") + ": " +
         std::to_string(books_.sent()) + " messages" + line("cells", f.lives) + line("at a time", f.at_once) +
         line("restarts", f.restarts) + line("throws", f.thrown) + line("put back", f.repeats) +
         line("terminated", f.terminated) + line("answers", f.answers) + line("refusals", f.refusals) +
         line("cycles", f.cycles) + line("alarms", f.alarms) + line("dead letters", f.dead);
}

// ---- the start

void round::start() {
  troupe::system_options how;
  how.name = "stress";
  how.workers = system_workers_ = worker_count();
  how.shutdown_deadline = troupe::seconds{options_.patience};
  how.log = troupe::log_level::error;
  system_.emplace(std::move(how));
  environment_.reset(&system_->env());
  // Supervisors that give up are part of the play.
  system_->events().log_to([](troupe::log_level, std::string_view, std::string_view) {},
                           troupe::log_level::error);
  system_->events().subscribe([this](const troupe::event& e) {
    if (e.kind == troupe::event_kind::dead_letter) {
      figures::add(books_.counted.dead);
      books_.dead_letter(e.path, e.message, e.reason);
    } else if (e.kind == troupe::event_kind::shutdown_slow) {
      judge_.broken("S5", "every actor stops in time", e.path + " " + e.reason);
    } else if (e.action.starts_with("on_stop threw")) {
      judge_.broken("L2", "an on_stop that does not throw", e.path + ": " + e.reason);
    }
  });
  me_.who = &books_.new_life(books_.new_seat(false), false);
  usher_ = troupe::spawn<usher>(*system_, "usher");
  start_roots();
  start_supervised();
  introduce();
}

role round::role_for(seat& at, bool early) {
  role r;
  r.where = &stage_;
  r.at = &at;
  r.early = early;
  r.poison = poison_of(at.id);
  return r;
}

void round::start_roots() {
  for (std::size_t i = 0; i < roots_max; ++i) {
    seat& at = books_.new_seat(false);
    role r = role_for(at, i % 2 == 0);
    r.who = &books_.new_life(at, r.early);
    r.who->never_stopped = true;
    troupe::spawn_options how{.name = name_of(at), .poison = r.poison, .shutdown_time = troupe::minutes{10}};
    const anyone made = i % 4 == 3
                            ? anyone{troupe::spawn<scribe>(*system_, std::move(how), r, std::vector<peer>{})}
                            : anyone{troupe::spawn<player>(*system_, std::move(how), r, std::vector<peer>{})};
    roots_.push_back({made, r.who, &at});
  }
}

void round::start_supervised() {
  std::vector<std::string> paths;
  const auto child_at = [&](const std::string& above) -> troupe::child_spec {
    seat& at = books_.new_seat(true);
    named_.push_back({{}, nullptr, &at});
    paths.push_back(above + name_of(at));
    const role r = role_for(at, false);
    const std::vector<peer> nobody;
    if (at.id % 4 == 0)
      return troupe::child<scribe>(name_of(at), r, nobody).poison(r.poison).shutdown(troupe::minutes{10});
    return troupe::child<player>(name_of(at), r, nobody).poison(r.poison).shutdown(troupe::minutes{10});
  };
  // One that takes everything; below it some that give up now and then, and take their children along.
  const troupe::one_for_one patient{.intensity = 1'000'000, .period = troupe::seconds{1}};
  std::vector<troupe::child_spec> all;
  for (std::size_t i = 0; i < inner_count; ++i) {
    const std::string name = "inner" + std::to_string(i);
    std::vector<troupe::child_spec> few;
    for (std::size_t k = 0; k < supervised_count / inner_count / 2; ++k)
      few.push_back(child_at("stage/" + name + "/"));
    all.push_back(troupe::child_supervisor(
        name, troupe::one_for_one{.intensity = 3, .period = troupe::milliseconds{200}}, std::move(few)));
  }
  for (std::size_t i = 0; i < supervised_count / 2; ++i) all.push_back(child_at("stage/"));
  all.push_back(troupe::child_supervisor(
      "crowd", troupe::dynamic{.intensity = 1'000'000, .period = troupe::seconds{1}}));
  tree_ =
      troupe::supervise(*system_, "top", patient, troupe::child_supervisor("stage", patient, std::move(all)));
  for (std::size_t i = 0; i < named_.size(); ++i)
    named_[i].to = tree_->ref<note, parcel, question, roll_call>(paths[i]);
  crowd_ = tree_->children<player>("stage/crowd");
  stage_.crowd.store(&*crowd_, std::memory_order_release);
}

void round::introduce() {
  // Not earlier: a supervisor's first start waits for its children, and one that stops then counts as a restart.
  books_.calm.store(false, std::memory_order_relaxed);
  for (const auto* who : {&roots_, &named_})
    for (const peer& p : *who) {
      tell(p, anybody(roots_));
      tell(p, anybody(named_));
    }
}

// ---- somebody from outside

const peer& round::anybody(const std::vector<peer>& among) { return among[random_.below(among.size())]; }

stamp round::next(const peer& to, kind what) {
  progress& so_far = me_.sent[to.who ? static_cast<const void*>(to.who) : static_cast<const void*>(to.at)];
  ++so_far.number;
  if (what == kind::tell) ++so_far.tells;
  return {me_.who->id << 20, so_far.number, so_far.tells, !to.who};
}

void round::tell(const peer& to, const peer& meet) {
  const stamp mark = next(to, kind::tell);
  books_.sending(*to.at, kind::tell);
  to.to.tell(note{mark, meet});
}

void round::ask(const peer& to) {
  const stamp mark = next(to, kind::ask);
  books_.sending(*to.at, kind::ask);
  const auto answer = to.to.ask(question{mark}, troupe::milliseconds{10}).get();
  if (answer) judge_.expect(*answer == answer_to(mark), "M5", "the answer to this question");
}

void round::ask_awake(const peer& to) {
  const stamp mark = next(to, kind::ask);
  books_.sending(*to.at, kind::ask);
  const auto limit = std::chrono::seconds{options_.patience};
  const auto there = std::make_shared<std::atomic<bool>>(false);
  to.to.ask(question{mark}, 2 * limit).then([there, mark, this](const troupe::result<std::uint64_t>& answer) {
    if (answer) judge_.expect(*answer == answer_to(mark), "M5", "the answer to this question");
    there->store(true, std::memory_order_release);  // pairs with the load below
  });
  const auto begun = std::chrono::steady_clock::now();
  while (!there->load(std::memory_order_acquire))
    if (std::chrono::steady_clock::now() - begun > limit) stuck("in a question from outside");
  // A little later or earlier, to meet the worker at every step of its way.
  for (std::uint64_t n = random_.below(300); n > 0; --n) std::atomic_signal_fence(std::memory_order_seq_cst);
}

void round::keep_going() {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{options_.patience};
  const std::uint64_t budget = stage_.thin ? options_.messages / thinner : options_.messages;
  while (books_.sent() < budget) {
    const peer& whom = anybody(random_.below(2) ? roots_ : named_);
    stage_.thin ? ask_awake(whom) : ask(whom);
    for (std::uint64_t n = random_.below(stage_.thin ? 2 : 20); n > 0; --n)
      tell(anybody(random_.below(2) ? roots_ : named_), anybody(random_.below(2) ? roots_ : named_));
    if (random_.below(32) == 0) static_cast<void>(troupe::inspect(*environment_));
    if (std::chrono::steady_clock::now() > limit) stuck("while it was played");
  }
}

// ---- the end

void round::end_in_peace() {
  books_.calm.store(true, std::memory_order_relaxed);
  if (!books_.traffic.wait(troupe::seconds{options_.patience})) stuck("when nobody began anything new");
  see_off_all(true, false);
  for (const auto* who : {&roots_, &named_})
    for (const peer& p : *who) {
      if (p.who && p.who->early) continue;
      books_.traffic.begin();
      p.to.tell(roll_call{});
    }
  if (!books_.traffic.wait(troupe::seconds{options_.patience})) stuck("at the roll call");
  see_off_all(false, true);
  const auto left = troupe::inspect(*environment_).children.size();
  if (left != 1) judge_.broken("L3", "nobody below /user but the usher", std::to_string(left) + " actors");
}

void round::see_off_all(bool early, bool supervised_too) {
  const auto limit = troupe::seconds{options_.patience};
  const auto gone = std::make_shared<std::counting_semaphore<>>(0);
  see_off whom{{}, gone};
  for (const peer& p : roots_)
    if (p.who->early == early) whom.whom.push_back(p.to);
  usher_.tell(std::move(whom));
  if (!gone->try_acquire_for(limit)) stuck("when actors were stopped");
  if (!supervised_too) return;
  tree_->when_ended([gone](const troupe::exit_reason&) { gone->release(); });
  tree_->stop();
  if (!gone->try_acquire_for(limit)) stuck("when supervisors were stopped");
}

void round::take_down() {
  system_->shutdown();
  if (system_->events().count(troupe::event_kind::dead_letter) != books_.counted.dead)
    judge_.broken("M4", std::to_string(books_.counted.dead) + " dead letters counted",
                  std::to_string(system_->events().count(troupe::event_kind::dead_letter)));
  books_.forget();
  roots_.clear();
  named_.clear();
  usher_ = {};
  tree_.reset();
  crowd_.reset();
  system_.reset();
  if (environment_->cells() != 0)
    judge_.broken("C3", "no cell is left when the last handle has gone",
                  std::to_string(environment_->cells()));
}

void round::stuck(const char* where) {
  judge_.broken("M2, M5, C2", "a round that comes to rest",
                std::string{where} + ": " + std::to_string(books_.traffic.count()) +
                    " messages, asks and timers under way, " + std::to_string(books_.alive) + " actors; " +
                    books_.missing());
  std::printf("stress: 0 rounds, %llu messages, %llu failures\n",
              static_cast<unsigned long long>(books_.sent()),
              static_cast<unsigned long long>(judge_.failures()));
  std::fflush(stdout);
  std::_Exit(1);
}

}  // namespace stress
