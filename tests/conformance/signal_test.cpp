// OTP's signal_SUITE and what of distribution_SUITE is about one system: in which order news travels (M3, M9), and how an end is told (L4).
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

/// Told first, and then the end of who told it.
struct news_item {
  int n;
};

/// Tells its watcher many things and ends.
class talker : public actor<say> {
 public:
  talker(ref<news_item> to, exit_kind how) : to_(std::move(to)), how_(how) {}
  void on(const say& m) {
    for (int i = 0; i < m.n; ++i) to_.tell(news_item{i});
    if (how_ == exit_kind::failed) throw std::runtime_error{"enough"};
    stop_self();
  }

 private:
  ref<news_item> to_;
  exit_kind how_;
};

class hearer : public actor<news_item, quit> {
 public:
  hearer(notes* to, int rounds, exit_kind how) : to_(to), rounds_(rounds), how_(how) {}
  void on_start() { again(); }
  void on(const news_item& m) {
    if (m.n != heard_++) to_->note("out of order");
  }
  void on(const quit&) {}
  void on_terminated(const terminated& news) override {
    if (heard_ != many) to_->note("the end came after " + std::to_string(heard_));
    if (news.kind() != how_) to_->note("it was " + std::string{to_string(news.kind())});
    --rounds_ > 0 ? again() : to_->note("heard all");
  }

 private:
  static constexpr int many = 10;
  void again() {
    heard_ = 0;
    const auto who = spawn<talker>(ref<news_item>{self()}, how_);
    watch(who);
    who.tell(say{many});
  }

  notes* to_;
  int rounds_;
  exit_kind how_;
  int heard_ = 0;
};

}  // namespace

TEST_CASE("xm_sig_order: what an actor has sent comes before the news of its end, a thousand times over") {
  everywhere([](stage& s) {
    for (const exit_kind how : {exit_kind::normal, exit_kind::failed}) {
      s.mark();
      spawn<hearer>(s.sys(), std::string{to_string(how)}, static_cast<notes*>(&s),
                    s.is_simulated() ? 100 : 1'000, how);
      CHECK(s.happened() == lines{"heard all"});
    }
  });
}

TEST_CASE(
    "kill2killed: one that is ended by force ends `killed`: a failure, by which a transient child is put "
    "back") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 1}, s.child("a").transient(),
                         s.child("b").transient());
    s.note_end("top/a");
    s.note_end("top/b");
    s.mark();
    s.at("top/a")->kill();
    CHECK(s.happened() == lines{"top/a gone killed", "a start"});
    CHECK(s.script("a").alive.load() == 1);
    s.mark();
    s.at("top/b")->request_stop(exit_kind::normal);
    CHECK(s.happened() == lines{"b stop", "top/b gone normal"});
  });
}
