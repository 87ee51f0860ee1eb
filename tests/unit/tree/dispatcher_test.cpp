// Where actors run: the choice at spawn, in a child's spec, and in a configuration.
#include <doctest/doctest.h>

#include <functional>
#include <thread>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_dispatcher_test {

using namespace troupe;
using namespace life;

namespace {

/// A turn as seen from inside.
struct view {
  std::thread::id thread;
  const engine::scheduler* pool;  ///< null: on no worker
};
struct look {
  using reply = view;
};
struct crash {};
struct spawn_below {
  std::string name;
  std::string dispatcher;
  using reply = std::string;
};

/// Says where it runs.
class here : public actor<look, crash, spawn_below> {
 public:
  view on(const look&) {
    const auto* const w = engine::worker::current();
    return {std::this_thread::get_id(), w ? &w->owner() : nullptr};
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  std::string on(const spawn_below& m) {
    try {
      spawn<here>(spawn_options{.name = m.name, .dispatcher = m.dispatcher});
      return "";
    } catch (const failed& e) {
      return e.why().text;
    }
  }
};

struct number {
  int n;
};
struct total {
  using reply = std::string;
};
constexpr int many = 2'000;

/// Counts, and hands on what it gets.
class counting : public actor<number, total> {
 public:
  explicit counting(ref<number> next) : next_(std::move(next)) {}
  void on(const number& m) {
    in_order_ = in_order_ && m.n == got_++;
    if (next_) next_.tell(m);
  }
  std::string on(const total&) { return got_ == many && in_order_ ? "all" : std::to_string(got_); }

 private:
  ref<number> next_;
  int got_ = 0;
  bool in_order_ = true;
};

view look_at(const ref<here>& r) { return r.ask(look{}, patience).get().value(); }

/// A system with these lines in its configuration.
system_options with(const std::string& text) {
  config_sources sources;
  sources.file = config_file{"test.toml", text};
  auto o = system_options::from(parse_config(sources, library_keys()).value());
  o.workers = 2;
  o.log = log_level::error;
  return o;
}

constexpr const char* four =
    "[dispatcher.second]\nkind = \"pool\"\nthreads = 2\n"
    "[dispatcher.disk]\nkind = \"blocking\"\nthreads = 1\n"
    "[dispatcher.library]\nkind = \"pinned\"\n"
    "[actor.\"/user/kv/shards/*\"]\ndispatcher = \"second\"\n"
    "[actor.\"/user/kv/shards/7\"]\ndispatcher = \"library\"\n"
    "[actor.\"/user/own\"]\ndispatcher = \"pinned\"\n";

engine::scheduler* pool_of(troupe::system& sys, std::string_view name) {
  return dynamic_cast<engine::scheduler*>(sys.env().dispatchers().find(name));
}

const std::string known = "; there are blocking, default, disk, library, pinned, second";

}  // namespace

TEST_CASE(
    "an actor runs where its spawn says: on a pool, on a blocking thread, on one thread with others, on its "
    "own") {
  troupe::system sys{with(four)};
  const auto at = [&](std::string dispatcher) {
    return spawn<here>(sys, spawn_options{.dispatcher = std::move(dispatcher)});
  };
  CHECK(look_at(at("")).pool == &sys.env().scheduler());
  CHECK(look_at(at("default")).pool == &sys.env().scheduler());
  CHECK(look_at(at("second")).pool == pool_of(sys, "second"));
  CHECK(look_at(at("blocking")).pool == nullptr);
  CHECK(look_at(at("disk")).pool == nullptr);
  const auto a = at("library"), b = at("library"), c = at("pinned"), d = at("pinned");
  CHECK(look_at(a).thread == look_at(b).thread);
  CHECK(look_at(a).pool == nullptr);
  CHECK(look_at(c).thread != look_at(d).thread);
  CHECK(look_at(c).thread != look_at(a).thread);
}

TEST_CASE(
    "C1, L2: a pinned actor has one thread from its first start over its restarts, and the thread ends with "
    "it") {
  troupe::system sys{with(four)};
  auto top = supervise(sys, "top", one_for_one{.intensity = 5}, child<here>("own").dispatcher("pinned"));
  const auto own = top.ref<here>("own");
  const auto before = look_at(own);
  own.tell(crash{});
  CHECK(look_at(own).thread == before.thread);
  CHECK(sys.env().resolve("/user/top/own")->incarnation() == 1);
  CHECK(stop_and_wait(ref<here>{address_ptr{sys.env().resolve("/user/top")}}));
  for (int i = 0; i < 50; ++i) CHECK(stop_and_wait(spawn<here>(sys, spawn_options{.dispatcher = "pinned"})));
  // Each thread ends by itself, at the end of its actor's last turn.
  const auto* const pinned = dynamic_cast<engine::thread_per_actor*>(sys.env().dispatchers().find("pinned"));
  REQUIRE(pinned);
  while (pinned->threads() != 0) std::this_thread::yield();
}

TEST_CASE("M3: messages between actors on all kinds of dispatchers arrive in their order") {
  troupe::system sys{with(four)};
  std::vector<ref<counting>> line;
  ref<number> next;
  for (const char* at : {"pinned", "second", "default", "library", "disk", "blocking", "pinned"}) {
    line.push_back(spawn<counting>(sys, spawn_options{.dispatcher = at}, next));
    next = line.back();
  }
  for (int i = 0; i < many; ++i) line.back().tell(number{i});
  // Each has told the next one all when it answers for all of its own.
  for (auto r = line.rbegin(); r != line.rend(); ++r) CHECK(r->ask(total{}, patience).get().value() == "all");
}

TEST_CASE(
    "DE1, DE2: a configuration says where actors at a path run; exact beats pattern, the spawn beats both") {
  troupe::system sys{with(four)};
  std::vector<child_spec> shards{child<here>("1"), child<here>("7"), child<here>("8").dispatcher("default"),
                                 child<here>("9").blocking()};
  auto kv = supervise(sys, "kv", one_for_one{}, child_supervisor("shards", one_for_one{}, std::move(shards)));
  const auto on = [&](const char* id) { return look_at(kv.ref<here>(std::string{"shards/"} + id)); };
  CHECK(on("1").pool == pool_of(sys, "second"));
  CHECK(on("7").pool == nullptr);
  CHECK(on("7").thread == look_at(spawn<here>(sys, spawn_options{.dispatcher = "library"})).thread);
  CHECK(on("8").pool == &sys.env().scheduler());
  CHECK(on("9").pool == nullptr);
  CHECK(on("9").thread != on("7").thread);
  CHECK(look_at(spawn<here>(sys, "own")).pool == nullptr);
  CHECK(look_at(spawn<here>(sys, "other")).pool == &sys.env().scheduler());
}

TEST_CASE("an unknown dispatcher fails the spawn and the spec, naming those there are") {
  troupe::system sys{with(four)};
  const auto refused = [](auto f) -> std::string {
    try {
      f();
    } catch (const failed& e) {
      return to_string(e.why());
    }
    return "";
  };
  CHECK(refused([&] { spawn<here>(sys, spawn_options{.name = "a", .dispatcher = "dsik"}); }) ==
        "not_found: there is no dispatcher 'dsik'" + known);
  const auto a = spawn<here>(sys, "a");  // the name has stayed free
  CHECK(a.ask(spawn_below{"b", "dsik"}, patience).get().value() == "there is no dispatcher 'dsik'" + known);
  CHECK(a.ask(spawn_below{"b", "disk"}, patience).get().value() == "");
  CHECK(refused([&] {
          supervise(sys, "top", one_for_one{}, child<here>("x"), child<here>("y").dispatcher("dsik"));
        }).find("/user/top/y: there is no dispatcher 'dsik'" + known) != std::string::npos);
}

TEST_CASE("SY1: settings made by hand that can't be are one line") {
  const auto refused = [](auto change) -> std::string {
    auto o = quiet();
    change(o);
    try {
      troupe::system sys{o};
    } catch (const failed& e) {
      return e.why().text;
    }
    return "";
  };
  CHECK(refused([](auto& o) {
          o.dispatchers = {{"default", engine::dispatcher_kind::pinned}};
        }) == "dispatcher 'default': there is one of that name already");
  CHECK(refused([](auto& o) {
          o.actors = {{"/user/a", "x"}};
        }) == "actor '/user/a': there is no dispatcher 'x'; there are blocking, default, pinned");
  CHECK(refused([](auto& o) {
          o.actors = {{"a", "default"}};
        }) == "actor 'a': expected the path of actors, like /user/kv or /user/kv/*");
}

TEST_CASE("a cell that gets no thread of its own is a failed spawn with the reason; the name stays free") {
  struct full final : engine::dispatcher {
    void submit(engine::runnable&) override {}
    void stop() override {}
    result<engine::seat> take_seat() override { return error{errc::io, "can't start a thread: out of them"}; }
  };
  troupe::system sys{quiet()};
  full none;
  cell_props props = props_of<here>(sys.env(), {.name = "a"});
  props.dispatcher = &none;
  const auto made = cell::spawn(sys.env(), sys.user_root(), std::move(props));
  REQUIRE(made.has_error());
  CHECK(made.error().code == errc::io);
  CHECK(made.error().text == "can't start a thread: out of them");
  CHECK(look_at(spawn<here>(sys, "a")).pool == &sys.env().scheduler());
}

}  // namespace tree_dispatcher_test
