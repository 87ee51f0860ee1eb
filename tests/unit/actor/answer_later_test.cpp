// Answering later, and letting somebody else answer: promises, delegate, forward.
#include <doctest/doctest.h>

#include <map>

#include "unit/cell/world.hpp"

namespace actor_answer_later_test {

using namespace troupe;
using namespace life;

namespace {

struct ticket {
  int number = 0;
  using reply = std::string;
};
struct called {
  int number = 0;
  std::string window;
};
struct refused {
  int number = 0;
};
struct forget_all {};
struct awaited {
  int number = 0;
  using reply = bool;
};

/// Owes each ticket an answer until its number is called.
class office : public actor<ticket, called, refused, forget_all, awaited> {
 public:
  promise<std::string> on(const ticket& m) { return waiting_[m.number] = answer_later<std::string>(); }
  void on(const called& m) {
    taken_ = waiting_[m.number].reply("window " + m.window);
    if (!taken_) ++late_;
  }
  void on(const refused& m) { waiting_[m.number].fail({errc::cancelled, "closed"}); }
  void on(const forget_all&) { waiting_.clear(); }
  bool on(const awaited& m) { return waiting_[m.number].is_awaited(); }

 private:
  std::map<int, promise<std::string>> waiting_;
  bool taken_ = false;
  int late_ = 0;
};

struct thread_gets {
  using reply = int;
};

/// Hands its promise to another thread.
class outsourcer : public actor<thread_gets> {
 public:
  explicit outsourcer(std::vector<std::thread>* threads) : threads_(threads) {}
  promise<int> on(const thread_gets&) {
    auto owed = answer_later<int>();
    threads_->emplace_back([owed] { owed.reply(42); });
    return owed;
  }

 private:
  std::vector<std::thread>* threads_;
};

struct price {
  std::string item;
  using reply = int;
};
struct quote {
  std::string item;
  using reply = int;
};

class stock : public actor<price, quote> {
 public:
  int on(const price& m) { return static_cast<int>(m.item.size()); }
  result<int> on(const quote& m) {
    if (m.item.empty()) return error{errc::not_found, "no such item"};
    return 100 + static_cast<int>(m.item.size());
  }
};

/// Answers nothing itself.
class clerk : public actor<price, quote> {
 public:
  explicit clerk(ref<price, quote> to) : to_(std::move(to)) {}
  delegated<int> on(const price& m) { return delegate<quote>(to_, m.item); }
  delegated<int> on(quote) { return forward<quote>(to_); }  // by value: what goes on is whole (DG2)

 private:
  ref<price, quote> to_;
};

struct misuse {
  using reply = std::string;
};
class confused : public actor<misuse, price> {
 public:
  std::string on(const misuse&) {
    try {
      answer_later<std::string>();
    } catch (const failed& f) {
      return f.why().text;
    }
    return "nothing";
  }
  promise<int> on(const price&) {
    answer_later<std::string>();
    return {};
  }
};

}  // namespace

TEST_CASE("LA1: a handler returns a promise, others are served meanwhile, and the first answer counts") {
  troupe::system sys{quiet()};
  const auto o = spawn<office>(sys, "office");
  auto one = o.ask(ticket{1}, patience);
  auto two = o.ask(ticket{2}, patience);
  CHECK(o.ask(awaited{1}, patience).get().value());
  o.tell(called{2, "b"});
  o.tell(called{2, "c"});
  o.tell(refused{1});
  CHECK(two.get().value() == "window b");
  CHECK(one.get().error().code == errc::cancelled);
  CHECK_FALSE(o.ask(awaited{1}, patience).get().value());
}

TEST_CASE("LA2: a promise that is dropped, with the actor or before, answers broken_promise") {
  troupe::system sys{quiet()};
  const auto o = spawn<office>(sys, "office");
  auto dropped = o.ask(ticket{1}, patience);
  o.tell(forget_all{});
  CHECK(dropped.get().error().code == errc::broken_promise);
  auto open = o.ask(ticket{2}, patience);
  CHECK(o.ask(awaited{2}, patience).get().value());
  CHECK(stop_and_wait(o));
  CHECK(open.get().error().code == errc::broken_promise);
}

TEST_CASE("LA1: a promise whose asker's deadline has passed is owed to nobody") {
  troupe::system sys{quiet()};
  const auto o = spawn<office>(sys, "office");
  CHECK(o.ask(ticket{1}, 1ms).get().error().code == errc::timeout);
  CHECK_FALSE(o.ask(awaited{1}, patience).get().value());
  o.tell(ticket{2});  // nobody asks
  CHECK_FALSE(o.ask(awaited{2}, patience).get().value());
}

TEST_CASE("LA3: a promise may be kept by any thread") {
  std::vector<std::thread> threads;
  threads.reserve(100);
  troupe::system sys{quiet()};
  const auto o = spawn<outsourcer>(sys, "outsourcer", &threads);
  for (int i = 0; i < 100; ++i) CHECK(o.ask(thread_gets{}, patience).get().value() == 42);
  CHECK(stop_and_wait(o));  // its handler may still be putting the last one there
  for (auto& t : threads) t.join();
}

TEST_CASE("DG1: a delegated ask is answered by the other, with its value or its error") {
  troupe::system sys{quiet()};
  const auto s = spawn<stock>(sys, "stock");
  const auto c = spawn<clerk>(sys, "clerk", ref<price, quote>{s});
  CHECK(c.ask(price{"pen"}, patience).get().value() == 103);
  CHECK(c.ask(price{""}, patience).get().error().code == errc::not_found);
}

TEST_CASE("DG2: a forwarded message arrives as it was sent, also through several hands") {
  troupe::system sys{quiet()};
  const auto s = spawn<stock>(sys, "stock");
  const auto c = spawn<clerk>(sys, "clerk", ref<price, quote>{s});
  const auto d = spawn<clerk>(sys, "second", ref<price, quote>{c});
  CHECK(d.ask(quote{std::string(40, 'p')}, patience).get().value() == 140);
  CHECK(stop_and_wait(s));
  CHECK(d.ask(quote{std::string(40, 'p')}, patience).get().error().code == errc::stopped);
}

TEST_CASE("RF4, DG1: what is delegated to an empty ref is answered `stopped`") {
  troupe::system sys{quiet()};
  const auto c = spawn<clerk>(sys, "clerk", ref<price, quote>{});
  CHECK(c.ask(price{"pen"}, patience).get().error().code == errc::stopped);
  CHECK(c.ask(quote{"pen"}, patience).get().error().code == errc::stopped);
}

TEST_CASE("a promise that is no promise of this message's reply is refused with one line") {
  troupe::system sys{quiet()};
  const auto c = spawn<confused>(sys, "confused");
  CHECK(
      c.ask(misuse{}, patience).get().value() ==
      "answer_later is for a handler that returns a promise, and for on_unknown, before the message is given "
      "away");
  const auto why = c.ask(price{"pen"}, patience).get().error();
  CHECK(why.code == errc::handler_failed);
  CHECK(why.text.find("is answered with a ") != std::string::npos);
}

}  // namespace actor_answer_later_test
