// What CAF actors send that is in no protocol: a fallback answers, refuses and passes it on as it does any other message (CE1, DG3, LA4).
#include <doctest/doctest.h>

#include <functional>

#include "unit/caf/world.hpp"

namespace caf_unknown_test {

using namespace caf_test;
using namespace life;
using troupe::errc;
using troupe::event_kind;

namespace {

struct wake {};

/// Does with what it does not know what the test says.
class front : public troupe::actor<wake> {
 public:
  static constexpr std::size_t stash_max = 10;
  using fallback = std::function<void(front&, troupe::delivery&)>;
  front(fallback f, journal_ptr to) : fallback_(std::move(f)), to_(std::move(to)) {}
  void on(const wake&) {
    awake = true;
    unstash_all();
  }
  void on_unknown(troupe::delivery& d) override { fallback_(*this, d); }

  using actor_base::answer_later;
  using actor_base::delegate;
  using actor_base::forward;
  using actor_base::stash;
  void note(std::string line) const { to_->note(std::move(line)); }
  bool awake = false;
  troupe::promise<std::int32_t> owed;

 private:
  const fallback fallback_;
  const journal_ptr to_;
};

struct scene : world {
  explicit scene(front::fallback f) : to(troupe::spawn<front>(sys, "front", std::move(f), j)) {}

  troupe::ref<front> to;

  /// What a request came to: `ok N`, or the error as CAF writes it.
  template <class M>
  std::string outcome(M what) {
    std::string out = "nothing";
    caf::scoped_actor self{sys.caf()};
    self->request(to.caf(), std::chrono::seconds{20}, std::move(what))
        .receive([&](std::int32_t n) { out = "ok " + std::to_string(n); },
                 [&](caf::error& e) { out = caf::to_string(e); });
    return out;
  }
};

}  // namespace

TEST_CASE("LA4, CE1: a fallback answers a CAF request that it does not know, at once or later") {
  scene s{[](front& at, troupe::delivery&) {
    at.owed = at.answer_later<std::int32_t>();
    if (at.awake) at.owed.reply(7);
  }};
  s.to.tell(wake{});
  CHECK(s.outcome(stranger{1}) == "ok 7");
  scene later{[](front& at, troupe::delivery&) {
    auto before = std::exchange(at.owed, at.answer_later<std::int32_t>());
    if (before.reply(8)) at.owed.reply(9);
  }};
  caf::anon_send(later.to.caf(), stranger{0});  // nobody asked: a promise to nobody
  later.sys.caf().spawn([to = later.to.caf(), j = later.j](caf::event_based_actor* self) {
    for (int i = 0; i < 2; ++i)
      self->request(to, caf::infinite, stranger{1}).then([j](std::int32_t n) { j->note(std::to_string(n)); });
  });
  CHECK(later.j->wait_for("8"));
  CHECK(later.j->wait_for("9"));
}

TEST_CASE(
    "LA4, CE1: a fallback refuses a CAF request with an error of its own, or drops it, and CAF is told") {
  scene s{[](front&, troupe::delivery& d) { d.refuse({errc::refused, "not for strangers"}); }};
  CHECK(s.outcome(stranger{1}).find("not for strangers") != std::string::npos);
  caf::anon_send(s.to.caf(), stranger{1});
  CHECK(s.outcome(stranger{1}).find("not for strangers") != std::string::npos);
  CHECK(s.sys.events().count(event_kind::dead_letter) == 0);
  scene drops{[](front&, troupe::delivery&) {}};
  CHECK(drops.outcome(stranger{1}).find("was not delivered to a troupe actor") != std::string::npos);
}

TEST_CASE("DG3: a CAF message is forwarded to a troupe actor that knows it, which answers the CAF asker") {
  scene s{[](front&, troupe::delivery&) {}};
  const auto via = troupe::spawn<front>(
      s.sys, "via", [a = s.a](front& at, troupe::delivery&) { at.forward(a); }, s.j);
  caf::scoped_actor self{s.sys.caf()};
  std::string got;
  self->request(via.caf(), std::chrono::seconds{20}, add{5})
      .receive([&](std::int32_t n) { got = std::to_string(n); },
               [&](caf::error& e) { got = caf::to_string(e); });
  CHECK(got == "5");
  caf::anon_send(via.caf(), note{"forwarded"});
  CHECK(s.j->wait_for("forwarded"));
  // Who does not know it either says so.
  self->request(via.caf(), std::chrono::seconds{20}, stranger{1})
      .receive([&](std::int32_t) { got = "answered"; }, [&](caf::error& e) { got = caf::to_string(e); });
  CHECK(got.find("unexpected_message") != std::string::npos);
}

TEST_CASE("DG3: a CAF message is forwarded to a plain CAF actor as it came, with its asker") {
  scene s{[](front&, troupe::delivery&) {}};
  const caf::actor expert = s.sys.caf().spawn([j = s.j](caf::event_based_actor*) -> caf::behavior {
    return {[j](const stranger& m) {
      j->note("stranger " + std::to_string(m.n));
      return std::int32_t{100 + m.n};
    }};
  });
  const auto via = troupe::spawn<front>(
      s.sys, "via",
      [expert](front& at, troupe::delivery&) { at.forward(troupe::from_caf<stranger>(expert)); }, s.j);
  caf::scoped_actor self{s.sys.caf()};
  std::string got;
  self->request(via.caf(), std::chrono::seconds{20}, stranger{3})
      .receive([&](std::int32_t n) { got = std::to_string(n); },
               [&](caf::error& e) { got = caf::to_string(e); });
  CHECK(got == "103");
  caf::anon_send(via.caf(), stranger{4});
  CHECK(s.j->wait_for("stranger 4"));
  // A message of ours goes there too, as its CAF form.
  troupe::from_caf<stranger>(via.caf()).tell(stranger{5});
  CHECK(s.j->wait_for("stranger 5"));
  caf::anon_send_exit(expert, caf::exit_reason::user_shutdown);
}

TEST_CASE("DG1, DG3: a CAF request is delegated, and takes whatever it is answered with") {
  scene s{[](front&, troupe::delivery&) {}};
  const auto via = troupe::spawn<front>(
      s.sys, "via", [a = s.a](front& at, troupe::delivery&) { at.delegate<add>(a, 11); }, s.j);
  caf::scoped_actor self{s.sys.caf()};
  std::string got;
  self->request(via.caf(), std::chrono::seconds{20}, stranger{1})
      .receive([&](std::int32_t n) { got = std::to_string(n); },
               [&](caf::error& e) { got = caf::to_string(e); });
  CHECK(got == "11");
}

TEST_CASE(
    "SH2, SH4: a CAF request is put aside and comes to the fallback again, or is refused when the stash "
    "goes") {
  scene s{[](front& at, troupe::delivery&) {
    if (!at.awake) {
      at.note("put aside");
      at.stash();
      return;
    }
    at.answer_later<std::int32_t>().reply(3);
  }};
  const auto ask = [](scene& of) {
    of.sys.caf().spawn([to = of.to.caf(), j = of.j](caf::event_based_actor* self) {
      self->request(to, caf::infinite, stranger{1})
          .then([j](std::int32_t n) { j->note(std::to_string(n)); },
                [j](const caf::error&) { j->note("refused"); });
    });
  };
  ask(s);
  REQUIRE(s.j->wait_for("put aside"));
  s.to.tell(wake{});
  CHECK(s.j->wait_for("3"));
  scene stopped{[](front& at, troupe::delivery&) {
    at.note("put aside");
    at.stash();
  }};
  ask(stopped);
  REQUIRE(stopped.j->wait_for("put aside"));
  CHECK(stop_and_wait(stopped.to));
  CHECK(stopped.j->wait_for("refused"));
}

}  // namespace caf_unknown_test
