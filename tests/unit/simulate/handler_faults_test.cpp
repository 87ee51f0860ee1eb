// Faults inside of handlers: exceptions and allocations (HF1-HF4, S7, S11, BO2).
#include <doctest/doctest.h>

#include <troupe/simulate/simulate.hpp>
#include <troupe/troupe.hpp>

namespace simulate_handler_faults_test {

namespace {

using namespace troupe;

struct note {
  int n = 0;
};
TROUPE_CONTRACT(note, "inside.note", 1, n)
struct question {
  using reply = int;
};
TROUPE_CONTRACT(question, "inside.question", 1)
struct nap {};

/// What it asks memory for is asked of the trap, as a program's operator new would.
struct hungry {
  static void* operator new(std::size_t bytes) {
    if (sim::allocations_are_watched() && sim::allocation_fails()) sim::fail_allocation();
    return ::operator new(bytes);
  }
  static void operator delete(void* at) { ::operator delete(at); }
};

/// What the test remembers of its actors.
struct book {
  std::vector<int> handled;
  int made = 0;
  std::vector<std::string> failures;
};

class worker : public actor<note, question, nap> {
 public:
  explicit worker(book* to) : book_(to) { ++book_->made; }
  void on(const note& m) {
    const auto one = std::make_unique<hungry>();
    const auto two = std::make_unique<hungry>();
    book_->handled.push_back(m.n);
  }
  int on(const question&) const { return 7; }
  task<void> on(const nap&) {
    co_await sleep(seconds{1});
    const auto later = std::make_unique<hungry>();
    book_->handled.push_back(0);
  }

 private:
  book* book_;
};

/// n1 with /user/tree/a and /user/tree/b, whose failures are in the book.
void start(cluster& c, book& to, poison_policy poison = {}) {
  c.add("n1", [&to, poison](troupe::system& sys) -> std::shared_ptr<void> {
    sys.events().subscribe([&to](const event& e) {
      if (e.kind == event_kind::actor_failed)
        to.failures.push_back(e.path + " on " + e.message + ": " + e.reason);
    });
    supervise(sys, "tree", one_for_one{.intensity = 100}, child<worker>("a", &to).poison(poison),
              child<worker>("b", &to));
    return {};
  });
  c.start();
}

/// Runs `what` in a cluster with those faults; the report of its failure, "" for none.
std::string played(std::string_view faults, const std::function<void(cluster&, book&)>& what) {
  book seen;  // outlives the cluster
  const auto out = simulate({.faults = parse_faults(faults).value()}, [&](cluster& c) { what(c, seen); });
  return out.failures.empty() ? std::string{} : out.failures.front().report;
}

ref<worker> of(cluster& c, const std::string& path) { return c.find<worker>("n1", "n1", path); }

void tell(cluster& c, const std::string& path, std::initializer_list<int> numbers) {
  for (const int n : numbers) of(c, path).tell(note{n});
  c.run_for(milliseconds{100});
}

}  // namespace

TEST_CASE(
    "HF1, S7, S11: the chosen message of the chosen actor fails as if its handler had thrown, and says by "
    "which "
    "fault") {
  CHECK(played("1s throws n1 /user/tree/a inside.note #2 1s", [](cluster& c, book& seen) {
          start(c, seen);
          tell(c, "/user/tree/a", {1, 2});  // before its time
          c.run_for(seconds{1});
          tell(c, "/user/tree/b", {10, 11, 12});
          CHECK(of(c, "/user/tree/a").ask(question{}, seconds{1}).get().value() == 7);
          tell(c, "/user/tree/a", {3, 4, 5, 6});
          CHECK(seen.handled == std::vector<int>{1, 2, 10, 11, 12, 3, 5, 6});
          CHECK(seen.made == 3);  // two, and one again
          REQUIRE(seen.failures.size() == 1);
          CHECK(seen.failures[0].starts_with("/user/tree/a on inside.note: "));
          CHECK(
              seen.failures[0].find("injected by the fault '1s throws n1 /user/tree/a inside.note #2 1s'") !=
              std::string::npos);
          bool is_recorded = false;
          for (const auto& l : c.world().record().kept())
            is_recorded |= l.what ==
                           "n1 /user/tree/a on inside.note: the fault '1s throws n1 /user/tree/a "
                           "inside.note #2 1s' throws";
          CHECK(is_recorded);
        }) == "");
}

TEST_CASE("HF1, S7: a message that is put back fails once, and is handled by the actor's next object") {
  CHECK(played("1s throws n1 /user/tree/a * #1 1s", [](cluster& c, book& seen) {
          start(c, seen, poison_policy::put_back());
          c.run_for(seconds{1});
          tell(c, "/user/tree/a", {1, 2});
          CHECK(seen.handled == std::vector<int>{1, 2});
          CHECK(seen.failures.size() == 1);
        }) == "");
}

TEST_CASE("HF1: an ask that fails so is answered with that error") {
  CHECK(played("1s throws n1 /user/** inside.question #1 1s", [](cluster& c, book& seen) {
          start(c, seen);
          c.run_for(seconds{1});
          const auto got = of(c, "/user/tree/a").ask(question{}, seconds{1}).get();
          REQUIRE(got.has_error());
          CHECK(got.error().code == errc::handler_failed);
          CHECK(got.error().text.find("injected") != std::string::npos);
        }) == "");
}

TEST_CASE("HF3: a chance is drawn for each message, the same for the same seed and text") {
  const auto failures = [](const std::string& faults) {
    std::vector<int> handled;
    CHECK(played(faults, [&](cluster& c, book& seen) {
            start(c, seen);
            c.run_for(seconds{2});  // it has begun
            for (int n = 0; n < 100; ++n) tell(c, "/user/tree/a", {n});
            handled = seen.handled;
          }) == "");
    return handled;
  };
  const auto first = failures("1s throws n1 /user/tree/a * 20% 1min");
  CHECK(first.size() > 60);
  CHECK(first.size() < 95);
  CHECK(failures("1s throws n1 /user/tree/a * 20% 1min") == first);
  CHECK(failures("1s throws n1 /user/tree/a * 20% 2min") != first);
  // Another fault's chances are its own.
  CHECK(failures("1s throws n1 /user/tree/b * 50% 1min, 1s throws n1 /user/tree/a * 20% 1min") == first);
}

TEST_CASE("HF4: a fault ends with its time, and `run_past_faults` waits for it") {
  CHECK(played("1s throws n1 /user/** * #1 1s", [](cluster& c, book& seen) {
          start(c, seen);
          c.run_past_faults();
          CHECK(c.world().now() >= time_point{seconds{3}});
          tell(c, "/user/tree/a", {1});
          CHECK(seen.failures.empty());
        }) == "");
}

TEST_CASE("HF4: it outlasts a crash of its host, whose actors are new then") {
  CHECK(played("1s throws n1 /user/** inside.note #2 1min, 2s crash n1 1s", [](cluster& c, book& seen) {
          start(c, seen);
          c.run_for(seconds{1});
          tell(c, "/user/tree/a", {1});
          c.run_for(seconds{4});
          tell(c, "/user/tree/b", {2, 3});
          CHECK(seen.handled == std::vector<int>{1, 3});
          CHECK(seen.failures.size() == 1);
        }) == "");
}

TEST_CASE("HF2, BO2: an allocation that fails in a handler is its actor's failure, counted in allocations") {
  sim::world w{1};
  handler_faults inside{w, "n1"};
  auto shared = std::shared_ptr<handler_faults>{&inside, [](handler_faults*) {}};
  book seen;
  {
    system_options o;
    o.name = "n1";
    o.workers = 1;
    o.log_to = [](log_level, std::string_view, std::string_view) {};
    o.interceptors = {shared};
    troupe::system sys{std::move(o), w.boot("n1")};
    sys.events().subscribe([&](const event& e) {
      if (e.kind == event_kind::actor_failed) seen.failures.push_back(e.reason);
    });
    supervise(sys, "tree", one_for_one{.intensity = 100}, child<worker>("a", &seen));
    const auto a = ref_to<worker>(sys.env(), "/user/tree/a");
    inside.begin(parse_faults("0s no_memory n1 /user/** inside.note #4 1h").value().front());
    for (const int n : {1, 2, 3}) a.tell(note{n});  // two each: the fourth is the second one's second
    w.run_for(seconds{1});
    CHECK(seen.handled == std::vector<int>{1, 3});
    REQUIRE(seen.failures.size() == 1);
    CHECK(seen.failures[0].find("injected by the fault '0s no_memory n1 /user/** inside.note #4 1h'") !=
          std::string::npos);
    bool is_recorded = false;
    for (const auto& l : w.record().kept())
      is_recorded |= l.what.starts_with("n1 /user/tree/a on inside.note: the fault '0s no_memory ");
    CHECK(is_recorded);
    // Behind its first wait a handler is not watched, and nothing is outside of one.
    inside.begin(parse_faults("0s no_memory n1 /user/** * #1 1h").value().front());
    a.tell(nap{});
    w.run_for(seconds{5});
    CHECK(seen.handled == std::vector<int>{1, 3, 0});
    CHECK(!sim::allocations_are_watched());
    a.tell(note{4});
    w.run_for(seconds{5});
    CHECK(seen.failures.size() == 2);
  }
}

TEST_CASE("AT2: no_memory in a program that can't make allocations fail is an error that says what to do") {
  const std::string report = played("1s no_memory n1 /user/** * #1 1s", [](cluster& c, book& seen) {
    start(c, seen);
    c.run_for(seconds{5});
  });
  CHECK(report.find("the operator new of this program does not ask troupe::sim") != std::string::npos);
}

TEST_CASE("SI2: of faults inside of handlers the one that it takes is left, and its text brings it back") {
  fault_plan p;
  p.until = seconds{10};
  p[fault_kind::throws] = {.every = seconds{1}, .in = {.messages = "inside.note", .nth = 3}};
  p[fault_kind::reset] = {.every = seconds{3}};
  book seen;
  const scenario counts = [&seen](cluster& c) {
    seen = {};
    start(c, seen);
    for (int n = 1; n <= 40; ++n) {
      tell(c, "/user/tree/a", {n});
      c.run_for(milliseconds{200});
    }
    c.expect(seen.handled.size() == 40, "all are handled");
  };
  const auto out = simulate({.plan = p}, [&](cluster& c) {
    c.add("n2", {});
    counts(c);
  });
  REQUIRE(out.failures.size() == 1);
  CHECK(out.failures[0].faults_before > 1);
  REQUIRE(out.failures[0].faults.size() == 1);
  CHECK(out.failures[0].faults[0].kind == fault_kind::throws);
  const auto again =
      simulate({.faults = parse_faults(to_string(out.failures[0].faults)).value()}, [&](cluster& c) {
        c.add("n2", {});
        counts(c);
      });
  REQUIRE(again.failures.size() == 1);
  CHECK(again.failures[0].event == out.failures[0].event);
}

}  // namespace simulate_handler_faults_test
