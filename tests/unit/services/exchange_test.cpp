// When an exchange asks, and what it keeps, in orders of events that nodes seldom come by (SX6-SX8).
#include <doctest/doctest.h>

#include <optional>
#include <troupe/services/exchange.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>

namespace services_exchange_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;
using services::exchange;
using services::peer_lost;
using services::peer_met;

namespace {

/// Stands for the exchanges of other nodes; the test answers.
class oracle : public actor<services_wanted> {
 public:
  struct question {
    services_wanted asked;
    promise<services_told> who;
  };
  explicit oracle(std::vector<question>* all) : all_(all) {}
  promise<services_told> on(const services_wanted& m) {
    all_->push_back({m, answer_later<services_told>()});
    return all_->back().who;
  }

 private:
  std::vector<question>* const all_;
};

struct stage final : services::exchange_host {
  std::vector<oracle::question> asked;
  bool met = false;
  std::vector<std::string> met_at_start;
  std::vector<std::string> refusals;
  test_system sys{for_doctest({.time = time_kind::manual}), receptionist_extension{}};
  ref<services_wanted> others = sys.spawn<oracle>("oracle", &asked);
  ref<exchange> tested;

  stage() {
    sys.keep_waiting("/user/services");
    sys.keep_waiting("/user/oracle");
    tested = troupe::spawn<exchange>(sys, "services", static_cast<services::exchange_host*>(this));
  }
  std::string_view own_name() const noexcept override { return "n1"; }
  std::string asker(const engine::reply_slot*) const override { return {}; }
  ref<services_wanted> exchange_of(const std::string&) override { return others; }
  bool is_met(const std::string&) const override { return met; }
  std::vector<std::string> met_peers() const override { return met_at_start; }
  bool shares(std::string_view) const noexcept override { return true; }
  rights::rights_of_peer rights_of(const std::string& peer) const override {
    return peer == "n3" ? rights::rights_of_peer{} : rights::rights_of_peer{peer_rights{.services = {"*"}}};
  }
  void refused(const std::string&, std::string_view why) override { refusals.emplace_back(why); }
  std::size_t offers_max() const noexcept override { return 10; }

  template <class M>
  std::size_t after(M m) {
    tested.tell(std::move(m));
    sys.settle();
    return asked.size();
  }
  std::size_t fail(errc code = errc::unreachable) {
    asked.back().who.fail({code, "because"});
    sys.settle();
    return asked.size();
  }
  /// Answers that nothing has come up to that number, and lets the next question come.
  std::size_t answer(std::uint64_t upto, bool anew = true) {
    asked.back().who.reply({5, anew, upto, {}, {}});
    sys.settle();
    sys.advance(exchange::answer_interval);
    return asked.size();
  }
  bool asks(std::uint64_t epoch, std::uint64_t from, bool at_once) const {
    const services_wanted& m = asked.back().asked;
    return m.epoch == epoch && m.after == from && m.at_once == at_once;
  }
  shared_with shared() { return tested.ask(list_shared{}, 1h).get().value().at(0); }
};

}  // namespace

TEST_CASE("SX7: nodes that have met again before the old question has failed are asked again at once") {
  stage s;
  CHECK(s.after(peer_met{"n2"}) == 1);
  CHECK(s.asks(0, 0, true));
  CHECK(s.answer(9) == 2);
  CHECK(s.asks(5, 9, false));
  CHECK(s.after(peer_met{"n2"}) == 2);  // one question at a time
  CHECK(s.fail() == 3);
  CHECK(s.asks(5, 9, true));
  CHECK(s.fail() == 3);
  CHECK(s.shared() == shared_with{"n2", false, 0, "because", false});
  CHECK(s.after(peer_met{"n2"}) == 4);
  CHECK(s.asks(5, 9, true));
}

TEST_CASE(
    "SX7: a question that fails though the peer can be reached is asked again after a while, others are "
    "not") {
  stage s;
  s.after(peer_met{"n2"});
  s.met = true;
  CHECK(s.fail(errc::overloaded) == 1);
  s.sys.advance(exchange::retry_time - 1ms);
  CHECK(s.asked.size() == 1);
  s.sys.advance(1ms);
  CHECK(s.asked.size() == 2);
  CHECK(s.asks(0, 0, true));
  CHECK(s.fail(errc::refused) == 2);
  s.sys.advance(1h);
  CHECK(s.asked.size() == 2);
  CHECK(s.after(peer_met{"n2"}) == 3);
  s.met = false;
  CHECK(s.fail() == 3);
  s.sys.advance(1h);
  CHECK(s.asked.size() == 3);
  // Meeting makes the wait short.
  s.met = true;
  s.after(peer_met{"n2"});
  s.fail(errc::stopped);
  CHECK(s.after(peer_met{"n2"}) == 5);
  s.sys.advance(exchange::retry_time);
  CHECK(s.asked.size() == 5);
}

TEST_CASE("SX6, R5: what a peer has said is forgotten when it is declared down, whichever is heard first") {
  for (const bool first : {true, false}) {
    CAPTURE(first);
    stage s;
    s.after(peer_met{"n2"});
    s.answer(9);
    CHECK(s.asks(5, 9, false));
    if (first) s.after(peer_lost{"n2"});
    s.fail();
    if (!first) s.after(peer_lost{"n2"});
    CHECK(s.after(peer_met{"n2"}) == 3);
    CHECK(s.asks(0, 0, true));
  }
}

TEST_CASE("SX6: a peer that was declared down, which is heard behind their having met again, goes on") {
  stage s;
  s.after(peer_met{"n2"});
  s.answer(9);
  s.fail();
  s.after(peer_met{"n2"});
  CHECK(s.after(peer_lost{"n2"}) == 3);
  CHECK(s.answer(12, false) == 4);  // an answer to what was asked before
  CHECK(s.asks(5, 12, false));
  CHECK(s.refusals.empty());
  CHECK(s.fail() == 4);
  CHECK(s.after(peer_met{"n2"}) == 5);
  CHECK(s.asks(5, 12, true));
}

TEST_CASE("RI11: a peer with which nothing is shared is not asked, nor one that was never met lost") {
  stage s;
  CHECK(s.after(peer_met{"n3"}) == 0);
  CHECK(s.after(peer_lost{"n3"}) == 0);
  CHECK(s.after(peer_lost{"n2"}) == 0);
  CHECK(s.tested.ask(list_shared{}, 1h).get().value().empty());
}

TEST_CASE("SX1: a question whose time is over is asked anew, and nothing is lost by it") {
  stage s;
  s.after(peer_met{"n2"});
  s.answer(9);
  s.sys.advance(exchange::question_time + 1min);
  CHECK(s.asked.size() == 3);
  CHECK(s.asks(5, 9, true));
  CHECK(s.shared().listed);
}

}  // namespace services_exchange_test
