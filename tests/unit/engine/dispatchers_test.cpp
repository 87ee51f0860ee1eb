// The table of dispatchers: what is in it, what can't be, and two pools of workers side by side.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <troupe/engine/dispatchers.hpp>
#include <vector>

#include "engine_fixture.hpp"

namespace engine_dispatchers_test {

using namespace troupe;
using namespace troupe::engine;
using engine_test::countdown;
using engine_test::counting_platform;
using lines = std::vector<std::string>;

namespace {

struct job final : runnable {
  explicit job(std::function<void()> f) : work(std::move(f)) {}
  void run_turn() override { work(); }
  std::function<void()> work;
};

/// A table on a default scheduler and blocking pool of its own.
struct made {
  explicit made(std::vector<dispatcher_spec> specs) : table{platform, standard, blocking, specs} {
    standard.start();
    table.start();
  }
  ~made() {
    table.stop([](const std::string&) {});
    standard.stop();
  }
  counting_platform platform;
  scheduler standard{platform, 2};
  blocking_pool blocking{2};
  dispatchers table;
};

std::string refusal(const dispatcher_spec& spec) {
  counting_platform platform;
  scheduler standard{platform, 1};
  blocking_pool blocking{1};
  try {
    const dispatchers table{platform, standard, blocking, {{"first", dispatcher_kind::pinned, 1}, spec}};
  } catch (const failed& e) {
    return e.why().text;
  }
  return "";
}

}  // namespace

TEST_CASE("DI1: the built-in dispatchers are there, and those that are configured, by name") {
  made m{{{"disk", dispatcher_kind::blocking, 2}, {"library", dispatcher_kind::pinned}}};
  CHECK(m.table.find("default") == &m.standard);
  CHECK(m.table.find("blocking") == &m.blocking);
  CHECK(m.table.find("pinned") != nullptr);
  CHECK(dynamic_cast<blocking_pool*>(m.table.find("disk")) != nullptr);
  CHECK(dynamic_cast<pinned_thread*>(m.table.find("library")) != nullptr);
  CHECK(m.table.find("") == nullptr);
  CHECK(m.table.find("dis") == nullptr);
  CHECK(m.table.names() == "blocking, default, disk, library, pinned");
  lines blocking;
  m.table.each_blocking([&](const std::string& name, blocking_pool&) { blocking.push_back(name); });
  CHECK(blocking == lines{"blocking", "disk"});
}

TEST_CASE("DI2, DI3: a dispatcher that can't be made is one line that names it") {
  CHECK(refusal({"first", dispatcher_kind::pool, 1}) ==
        "dispatcher 'first': there is one of that name already");
  CHECK(refusal({"pinned", dispatcher_kind::pool, 1}) ==
        "dispatcher 'pinned': there is one of that name already");
  for (const char* name : {"", "Disk", "1st", "a.b", "a b"})
    CHECK(refusal({name, dispatcher_kind::pool, 1}) ==
          "dispatcher '" + std::string{name} + "': a name is 1 to 64 of a-z, 0-9, _ and -, a letter first");
  CHECK(refusal({"a", dispatcher_kind::pool, 1025}) ==
        "dispatcher 'a': 1025 threads; one of kind pool has at most 1024");
  CHECK(refusal({"a", dispatcher_kind::blocking, 4097}) ==
        "dispatcher 'a': 4097 threads; one of kind blocking has at most 4096");
  CHECK(refusal({"a", dispatcher_kind::pinned, 2}) ==
        "dispatcher 'a': 2 threads; one of kind pinned has at most 1");
  CHECK(refusal({"a", dispatcher_kind::pool, 1}) == "");
}

TEST_CASE(
    "PO1: two pools run side by side: each on its own workers, work goes to and fro, both go to sleep") {
  made m{{{"second", dispatcher_kind::pool, 2}}};
  auto& second = *m.table.find("second");
  auto* const pool = dynamic_cast<scheduler*>(&second);
  REQUIRE(pool != nullptr);
  CHECK(pool->worker_count() == 2);
  constexpr int hops = 3'000;
  countdown done{4};
  std::atomic<int> strays{0};
  struct hopper final : runnable {
    void run_turn() override {
      const worker* const w = worker::current();
      if (!w || &w->owner() != at[on]) ++*strays;
      if (--left == 0) return done->one();
      // Each second time to the other pool, as a message to an actor there does.
      if (left % 2) on = 1 - on;
      at[on]->submit(*this);
    }
    scheduler* at[2] = {};
    int on = 0;
    int left = hops;
    std::atomic<int>* strays = nullptr;
    countdown* done = nullptr;
  };
  std::vector<hopper> all(4);
  for (auto& h : all) {
    h.at[0] = &m.standard;
    h.at[1] = pool;
    h.strays = &strays;
    h.done = &done;
    m.standard.submit(h);
  }
  CHECK(done.wait());
  CHECK(strays == 0);
}

TEST_CASE("PO1: a pool beside the default one never enters the I/O driver") {
  struct watched_driver final : port::driver {
    std::size_t poll() override { return ++entered; }
    std::size_t wait_until(time_point) override { return ++entered; }
    void interrupt() noexcept override { ++entered; }
    std::size_t entered = 0;
  };
  struct watched final : port::platform {
    port::clock& clock() noexcept override { return real.clock(); }
    port::entropy& entropy() noexcept override { return real.entropy(); }
    port::driver& driver() noexcept override { return at; }
    port::transport& transport() noexcept override { return real.transport(); }
    port::files& files() noexcept override { return real.files(); }
    port::process& process() noexcept override { return real.process(); }
    std::unique_ptr<port::parker> make_parker() override { return real.make_parker(); }
    counting_platform real;
    watched_driver at;
  };
  watched platform;
  scheduler standard{platform, 1};  // not started: nobody else enters
  blocking_pool blocking{1};
  dispatchers table{platform, standard, blocking, {{"second", dispatcher_kind::pool, 2}}};
  table.start();
  countdown done{400};
  job again{[&] {
    done.one();
    if (!done.wait(duration::zero())) table.find("second")->submit(again);
  }};
  table.find("second")->submit(again);
  CHECK(done.wait());
  table.stop([](const std::string&) {});
  CHECK(platform.at.entered == 0);
}

TEST_CASE("stopping the table stops all but the default one, saying which is next") {
  made m{
      {{"a", dispatcher_kind::pool, 1}, {"b", dispatcher_kind::blocking, 1}, {"c", dispatcher_kind::pinned}}};
  countdown ran{3};
  std::vector<job> jobs;
  for (int i = 0; i < 3; ++i) jobs.emplace_back([&] { ran.one(); });
  m.table.find("a")->submit(jobs[0]);
  m.table.find("b")->submit(jobs[1]);
  m.table.find("c")->submit(jobs[2]);
  CHECK(ran.wait());
  lines said;
  m.table.stop([&](const std::string& name) { said.push_back(name); });
  CHECK(said == lines{"blocking", "pinned", "a", "b", "c"});
  countdown still{1};
  job one{[&] { still.one(); }};
  m.standard.submit(one);
  CHECK(still.wait());
}

}  // namespace engine_dispatchers_test
