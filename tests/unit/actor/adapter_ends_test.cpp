// Message adapters at their edges: refusals, what goes along with a message, and whose end comes when (AD2-AD4).
#include <doctest/doctest.h>

#include <troupe/base/limits.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/world.hpp"

namespace actor_adapter_ends_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

// ---- theirs
struct order {
  int number = 0;
};
struct question {
  using reply = std::string;
};

// ---- the host's own
struct note {
  int number = 0;
};
struct answer_it {
  using reply = int;
};
struct hand_out {
  using reply = any_ref;
};
struct release {
  any_ref who;
  using reply = bool;
};

/// Says in a journal that what captured it is gone.
struct leaving {
  leaving(journal_ptr where, std::string name) : to(std::move(where)), what(std::move(name)) {}
  leaving(const leaving&) = delete;
  leaving& operator=(const leaving&) = delete;
  ~leaving() { to->note(what + " gone"); }
  journal_ptr to;
  std::string what;
};

using promises = std::shared_ptr<std::vector<promise<int>>>;

/// What a host does with a question.
enum class way { at_once, release_first, later, then_fail };

/// Has one adapter, for orders and questions.
class host : public actor<note, answer_it, hand_out, release> {
 public:
  explicit host(journal_ptr j, way w = way::at_once, promises kept = {})
      : j_(std::move(j)), way_(w), kept_(std::move(kept)) {}

  void on(const note& m) {
    j_->note("note " + std::to_string(m.number));
    if (m.number == 13) throw std::runtime_error{"unlucky"};
    if (current_trace()) j_->note("trace " + trace_id(*current_trace()));
  }
  promise<int> on(const answer_it&) {
    j_->note(turn_context::current().deadline == never ? "no deadline" : "a deadline");
    const auto owed = answer_later<int>();
    if (way_ == way::later) {
      kept_->push_back(owed);
      return owed;
    }
    if (way_ == way::release_first) release_adapter(own_);
    owed.reply(7);
    if (way_ == way::then_fail) throw std::runtime_error{"after the answer"};
    return owed;
  }
  any_ref on(const hand_out&) {
    const auto turn = turns{this, std::make_shared<leaving>(j_, "turn")};
    const auto back = [this, last = std::make_shared<leaving>(j_, "back")](int n) {
      j_->note("turned back");
      return std::to_string(n);
    };
    return own_ = adapt<order, question>(turn, back);
  }
  bool on(const release& m) { return release_adapter(m.who); }

 private:
  struct turns {
    host* self;
    std::shared_ptr<leaving> last;
    result<note> operator()(const order& m) const {
      if (m.number < 0) return error{errc::invalid, "no such order"};
      if (m.number == 99) {
        self->release_adapter(self->own_);
        self->j_->note("goes on");
      }
      return note{m.number};
    }
    answer_it operator()(const question&) const { return {}; }
  };

  journal_ptr j_;
  way way_;
  promises kept_;
  any_ref own_;
};

using hosts_ref = ref<order, question>;

struct stage {
  journal_ptr j = std::make_shared<journal>();
  promises kept = std::make_shared<std::vector<promise<int>>>();
  test_system sys{for_doctest()};

  ref<host> one(std::string name, way w = way::at_once) {
    return sys.spawn<host>(std::move(name), j, w, kept);
  }
  hosts_ref adapter_of(const ref<host>& h) {
    return hosts_ref{sys.expect_reply(h.ask(hand_out{}, 5s)).address()};
  }
  bool released(const ref<host>& by, const any_ref& who) {
    const bool yes = sys.expect_reply(by.ask(release{who}, 5s));
    sys.settle();
    return yes;
  }
  std::uint64_t dead_letters() { return sys.events().count(event_kind::dead_letter); }
};

/// An address that counts what it is told, and who holds it.
class listener final : public address {
 public:
  explicit listener(environment& env) : env_(&env) {}
  void post(engine::envelope_ptr) noexcept override { ++told; }
  std::string path() const override { return "/listener"; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return env_; }
  void add_reference() noexcept override { ++references; }
  void release_reference() noexcept override { --references; }

  std::atomic<int> told{0};
  std::atomic<int> references{0};

 private:
  environment* env_;
};

/// What stands behind the node's name in a token.
std::string local_part(const std::string& token) { return token.substr(token.find(':') + 1); }

}  // namespace

TEST_CASE("AD2: the asker of a refused message gets the function's own error, once it has been counted") {
  stage t;
  const auto a = t.adapter_of(t.one("host"));
  a.ask(order{-1}, 5s).then([&](const result<unit>& got) {
    t.j->note(to_string(got.error()) + ", counted " + std::to_string(t.dead_letters()));
  });
  t.sys.settle();
  CHECK(t.j->all() == lines{"invalid: no such order, counted 1"});
  t.sys.expect_dead_letter<order>(a.path());
}

TEST_CASE("AD3, M6: cause, trace and deadline of a message go along with what it becomes") {
  stage t;
  struct sender : actor<note> {
    explicit sender(hosts_ref r) : to(std::move(r)) {}
    void on(const note& m) { to.tell(order{m.number}); }
    hosts_ref to;
  };
  const auto a = t.adapter_of(t.one("host"));
  const auto from = t.sys.spawn<sender>("sender", a);
  const trace_context trace = t.sys.env().new_trace();
  with_trace(trace, [&] { from.tell(note{1}); });
  t.sys.settle();
  CHECK(t.j->all() == lines{"note 1", "trace " + trace_id(trace)});
  CHECK(t.sys.expect_reply(a.ask(question{}, 5s)) == "7");
  CHECK(t.j->count("a deadline") == 1);  // though the asker has another slot than the handler answers
  from.tell(note{13});
  CHECK(t.sys.expect_failure("/user/host").sender == "/user/sender");
  t.sys.expect_dead_letter<note>("/user/host");
}

TEST_CASE("AD3, M6: whoever the actor lets answer in its place has the asker's deadline") {
  struct clerk : actor<answer_it> {
    explicit clerk(std::shared_ptr<time_point> where) : until(std::move(where)) {}
    int on(const answer_it&) {
      *until = turn_context::current().deadline;
      return 8;
    }
    std::shared_ptr<time_point> until;
  };
  struct desk : actor<answer_it, hand_out> {
    explicit desk(ref<clerk> c) : to(std::move(c)) {}
    delegated<int> on(const answer_it&) { return delegate<answer_it>(to); }
    any_ref on(const hand_out&) {
      return adapt<question>([](const question&) { return answer_it{}; },
                             [](int n) { return std::to_string(n); });
    }
    ref<clerk> to;
  };
  stage t;
  const auto until = std::make_shared<time_point>(never);
  const auto d = t.sys.spawn<desk>("desk", t.sys.spawn<clerk>("clerk", until));
  const ref<question> a{t.sys.expect_reply(d.ask(hand_out{}, 5s)).address()};
  CHECK(t.sys.expect_reply(a.ask(question{}, 5s)) == "8");
  CHECK(*until != never);
}

TEST_CASE("AD4: a function may end its own adapter: both functions go when it has run") {
  stage t;
  const auto h = t.one("host");
  const auto a = t.adapter_of(h);
  a.tell(order{99});
  t.sys.settle();
  CHECK(t.j->all() == lines{"goes on", "note 99", "turn gone", "back gone"});
  CHECK_FALSE(t.released(h, a));
}

TEST_CASE("AD3, AD4: an answer that comes after the adapter's end is not turned, and its asker told") {
  stage t;
  const auto a = t.adapter_of(t.one("host", way::release_first));
  const error why = t.sys.expect_error(a.ask(question{}, 5s), errc::restarted);
  CHECK(why.text == "the actor's adapter ended before the answer was turned");
  CHECK(why.path == "/user/host");
  t.sys.settle();
  CHECK(t.j->count("turned back") == 0);
  CHECK(t.j->count("back gone") == 1);
}

TEST_CASE("AD2, AD3: an actor that failed after its answer turns it no more") {
  stage t;
  const auto a = t.adapter_of(t.one("host", way::then_fail));
  t.sys.expect_error(a.ask(question{}, 5s), errc::restarted);
  t.sys.expect_failure("/user/host");
  t.sys.settle();
  CHECK(t.j->count("turned back") == 0);
  t.sys.said().expect_nothing_else({.failures = true});
}

TEST_CASE("AD3, M5: an answer that its actor owed when it stopped is not turned, and its asker told") {
  stage t;
  const auto h = t.one("host", way::later);
  auto answer = t.adapter_of(h).ask(question{}, 5s);
  t.sys.settle();
  stop(h);
  t.sys.settle();
  REQUIRE(t.kept->size() == 1);
  CHECK(t.kept->front().reply(7));
  const error why = t.sys.expect_error(std::move(answer), errc::stopped);
  CHECK(why.text == "the actor stopped before its answer was turned");
  CHECK(why.path == "/user/host");
  CHECK(t.j->count("turned back") == 0);
}

TEST_CASE("AD4, D1: an actor's adapters end with it, oldest first, but for those that have ended") {
  struct shop : actor<hand_out, release> {
    explicit shop(journal_ptr to) : j(std::move(to)) {}
    any_ref on(const hand_out&) {
      const auto last = std::make_shared<leaving>(j, std::to_string(++made));
      const auto turn = [last](const order&) { return hand_out{}; };
      return adapt<order>(turn);
    }
    bool on(const release& m) { return release_adapter(m.who); }
    journal_ptr j;
    int made = 0;
  };
  stage t;
  const auto h = t.sys.spawn<shop>("shop", t.j);
  std::vector<any_ref> all;
  for (int i = 0; i < 4; ++i) all.push_back(t.sys.expect_reply(h.ask(hand_out{}, 5s)));
  CHECK(t.sys.expect_reply(h.ask(release{all[1]}, 5s)));
  stop(h);
  t.sys.settle();
  CHECK(t.j->all() == lines{"2 gone", "1 gone", "3 gone", "4 gone"});
}

TEST_CASE("AD4: an adapter is released by its own actor only") {
  stage t;
  const auto one = t.one("one"), other = t.one("other");
  const auto a = t.adapter_of(one);
  CHECK_FALSE(t.released(other, a));
  CHECK_FALSE(t.released(other, {}));
  CHECK(t.sys.expect_reply(a.ask(question{}, 5s)) == "7");
  CHECK(t.released(one, a));
}

TEST_CASE(
    "AD4, L4: who watches an adapter again and again is kept once, and let go when it has ended or when it "
    "asks") {
  stage t;
  const auto h = t.one("host");
  const auto a = t.adapter_of(h);
  listener one{t.sys.env()}, other{t.sys.env()};
  const std::uint64_t number = a.address()->number();
  for (int i = 0; i < 3; ++i) CHECK(a.address()->watch_from_outside(one, true) == number);
  CHECK(one.references == 1);
  a.address()->watch_from_outside(other, true);
  for (int i = 0; i < 2; ++i) a.address()->watch_from_outside(other, false);
  CHECK(other.references == 0);
  CHECK(t.released(h, a));
  CHECK(one.told == 1);
  CHECK(other.told == 0);
  CHECK(one.references == 0);
  a.address()->watch_from_outside(other, false);
  CHECK(other.told == 0);
  a.address()->watch_from_outside(other, true);  // late
  CHECK(other.told == 1);
  CHECK(other.references == 0);
}

TEST_CASE(
    "AD4, R1: a name that has left the process keeps an adapter until its end, and leads nowhere then") {
  stage t;
  const auto h = t.one("host");
  auto a = t.adapter_of(h);
  auto& names = t.sys.env().names();
  const std::string token = names.token_of(*a.address());
  CHECK(names.token_of(*a.address()) == token);
  address* const self = a.address().get();
  a = {};
  t.sys.settle();
  CHECK(names.reachable(local_part(token)).get() == self);
  CHECK(names.address_of(token).get() == self);
  CHECK(t.released(h, any_ref{names.address_of(token)}));
  CHECK(names.reachable(local_part(token)) == nullptr);
  CHECK(t.j->count("turn gone") == 1);
  const hosts_ref late{names.address_of(token)};
  CHECK(t.sys.expect_error(late.ask(question{}, 5s), errc::stopped).text == "the actor has stopped");

  const auto ended = t.adapter_of(h);
  CHECK(t.released(h, ended));
  CHECK(names.reachable(local_part(names.token_of(*ended.address()))) == nullptr);
}

TEST_CASE(
    "NM5, AD4: an adapter that is one name too many leaves as what can't be named, until there is room") {
  stage t;
  const auto a = t.adapter_of(t.one("host"));
  auto& names = t.sys.env().names();
  listener many{t.sys.env()};
  constexpr std::uint64_t far = std::uint64_t{1} << 40;
  for (std::uint64_t n = 0; n < limits::exported_max; ++n) REQUIRE(names.expose(far + n, address_ptr{&many}));
  CHECK_FALSE(names.expose(far - 1, address_ptr{&many}));
  CHECK(names.token_of(*a.address()) == "!" + a.path());
  names.hide(far);
  CHECK(names.address_of(names.token_of(*a.address())) == a.address());
  for (std::uint64_t n = 0; n < limits::exported_max; ++n) names.hide(far + n);
  CHECK(many.references == 0);
}

TEST_CASE(
    "AD4, M8: what is offered to an adapter that has ended stays the sender's: it is refused, and no dead "
    "letter") {
  stage t;
  struct sender : actor<note> {
    sender(hosts_ref r, journal_ptr where) : to(std::move(r)), j(std::move(where)) {}
    task<void> on(note m) {
      const auto how = co_await offer<order>(to, m.number);
      j->note(how ? "queued" : std::string{to_string(how.error().code)});
    }
    hosts_ref to;
    journal_ptr j;
  };
  const auto h = t.one("host");
  const auto a = t.adapter_of(h);
  CHECK(t.released(h, a));
  t.sys.spawn<sender>("sender", a, t.j).tell(note{1});
  t.sys.settle();
  CHECK(t.j->all().back() == "stopped");
  CHECK(t.dead_letters() == 0);
}

}  // namespace actor_adapter_ends_test
