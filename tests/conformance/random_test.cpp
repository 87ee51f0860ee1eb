// What no list of cases has: anything in any order. Children fail, end, hang back, are started, stopped, replaced and forgotten while others of
// that are under way, and what must hold at every quiet moment is looked at.
#include <doctest/doctest.h>

#include <set>
#include <troupe/base/prng.hpp>
#include <troupe/port/platform.hpp>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

constexpr const char* ids[] = {"a", "b", "c", "d", "e"};

/// Does something to a tree.
class hand {
 public:
  hand(stage& s, std::uint64_t seed) : s_(s), random_(seed) {}

  supervision begin(strategy how) {
    how_ = how;
    switch (how) {
      case strategy::one_for_one:
        return supervise(s_.sys(), "top", one_for_one{.intensity = many}, some(0, false), some(1, false),
                         some(2, false));
      case strategy::one_for_all:
        return supervise(s_.sys(), "top", one_for_all{.intensity = many}, some(0, false), some(1, false),
                         some(2, false));
      case strategy::rest_for_one:
        return supervise(s_.sys(), "top", rest_for_one{.intensity = many}, some(0, false), some(1, false),
                         some(2, false));
      case strategy::dynamic:
        break;
    }
    return supervise(s_.sys(), "top", dynamic{.intensity = many}, child_template<worker>());
  }

  /// One thing more, without waiting for what becomes of it.
  void act(const supervision& top) {
    const std::size_t which = random_.below(std::size(ids));
    const std::string id = ids[which];
    const std::uint64_t what = random_.below(16);
    done_ += " " + std::to_string(what) + id;
    switch (what) {
      case 0:
        return ask("start " + id, top.admin().ask(start_child{some(which)}, for_ever));
      case 1:
        return ask("terminate " + id, top.admin().ask(terminate_child{id}, for_ever));
      case 2:
        return ask("restart " + id, top.admin().ask(restart_child{id}, for_ever));
      case 3:
        return ask("delete " + id, top.admin().ask(delete_child{id}, for_ever));
      case 4:
        return ask("replace " + id, top.admin().ask(replace_child{some(which)}, for_ever));
      case 5:
        s_.script(id).bad_starts = static_cast<int>(random_.below(3));
        return;
      case 6:
        s_.script(id).ignored_starts = static_cast<int>(random_.below(2));
        return;
      case 7:
        s_.script(id).short_lives = static_cast<int>(random_.below(2));
        return;
      case 8:
        s_.script(id).bad_lives = static_cast<int>(random_.below(2));
        return;
      case 9:
        return s_.tell<quit>("top/" + id);
      case 10:
        return s_.stop_unseen("top/" + id);
      case 12:
        return change_strategy(top);
      case 13:
        return ask("start from a pattern", top.admin().ask(start_from_pattern{}, for_ever));
      case 11:
        return s_.advance(milliseconds{random_.below(3000)});
      default:
        return s_.tell<stumble>("top/" + id);
    }
  }

  /// What must hold when nothing is left to be done now.
  void look() {
    CAPTURE(done_);
    s_.advance(1h);  // no restart waits any more
    for (const auto& [what, one] : asked_) {
      CAPTURE(what);
      CHECK(one->is_there(s_));
    }
    asked_.clear();
    done_.clear();
    const auto all = s_.ask("top", which_children{}).value();
    std::set<std::string> there;
    for (const child_info& one : all) {
      CAPTURE(one.id);
      CAPTURE(std::string{to_string(one.phase)});
      CHECK(there.insert(one.id).second);
      CHECK((one.phase == child_phase::up || one.phase == child_phase::down));
      CHECK(one.path.empty() == (one.phase == child_phase::down));
      CHECK(s_.script(one.id).alive.load() == (one.phase == child_phase::up ? 1 : 0));
      CHECK(s_.pinged("top/" + one.id).has_value() == (one.phase == child_phase::up));
      if (how_ == strategy::dynamic) CHECK(one.phase == child_phase::up);
    }
    for (const char* id : ids)
      if (!there.contains(id)) CHECK(s_.script(id).alive.load() == 0);
    // S5: they go down in the order of the list.
    lines order;
    if (how_ == strategy::dynamic) return;
    for (const cell_ptr& one : s_.at("top")->children()) order.push_back(one->own_name());
    lines listed;
    for (const child_info& one : all)
      if (!one.path.empty()) listed.push_back(one.id);
    CHECK(order == listed);
  }

 private:
  static constexpr std::uint32_t many = 1'000'000;

  child_spec some(std::size_t which, bool slow_too = true) {
    const std::string id = ids[which];
    child_spec one = s_.child(id);
    if (slow_too && random_.below(3) == 0)
      one = troupe::child<slow_worker>(id, id, static_cast<notes*>(&s_), s_.shared_script(id));
    constexpr restart_type types[] = {restart_type::permanent, restart_type::permanent,
                                      restart_type::transient, restart_type::temporary};
    one.restart = types[random_.below(std::size(types))];
    if (one.restart != restart_type::temporary && random_.below(3) == 0)
      one.pace = backoff_restart{{.min = milliseconds{100}, .max = milliseconds{1000}}};
    return one;
  }

  void change_strategy(const supervision& top) {
    if (how_ == strategy::dynamic) return;
    constexpr strategy all[] = {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one};
    top.admin().tell(set_strategy{all[random_.below(std::size(all))]});
  }

  void ask(std::string what, future<child_info> to_come) {
    asked_.emplace_back(std::move(what), s_.keep(std::move(to_come)));
  }

  stage& s_;
  prng random_;
  strategy how_ = strategy::one_for_one;
  std::vector<std::pair<std::string, std::shared_ptr<stage::awaited<child_info>>>> asked_;
  std::string done_;  // since the last look, for who reads of a failure
};

}  // namespace

TEST_CASE(
    "random_administration: whatever is done to a tree, in whatever order, every question is answered, "
    "nobody lives "
    "twice or is forgotten, and it stops") {
  everywhere([](stage& s) {
    const std::uint64_t seed = s.is_simulated() ? s.sys().platform().entropy().next() : 1;
    CAPTURE(seed);
    for (const auto how :
         {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one, strategy::dynamic}) {
      CAPTURE(std::string{to_string(how)});
      hand h{s, seed};
      auto top = h.begin(how);
      s.note_end("top");
      for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 12; ++i) h.act(top);
        h.look();
      }
      for (int i = 0; i < 12; ++i) h.act(top);
      s.mark();
      top.stop();
      s.advance(1h);
      CHECK(s.happened().back() == "top gone shutdown");
      for (const char* id : ids) {
        CHECK(s.script(id).alive.load() == 0);
        worker_script& script = s.script(id);
        script.bad_starts = script.ignored_starts = script.short_lives = script.bad_lives = 0;
      }
    }
  });
}
