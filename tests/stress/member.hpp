// What all actors of a round have in common: they write down what happens to them, and do something random about it.
//
// Rules
//  ME1 Every function that the runtime calls opens with an `inside`: nobody else is in this cell now (L2).
//  ME2 Nobody begins anything new once the round is `calm`, so it comes to rest.
#pragma once

#include <memory>
#include <troupe/actor/spawn.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/troupe.hpp>
#include <unordered_map>
#include <vector>

#include "stress/model.hpp"

namespace stress {

class player;

/// What the actors of a round know of it. Set before the first of them, but for `crowd`.
struct stage {
  model& books;
  const std::uint64_t seed;
  const std::uint64_t actors;  ///< about how many shall live
  const bool thin;  ///< hardly anything is under way, and nothing has a time limit (round.hpp, RO2)
  std::atomic<const troupe::dynamic_children<player>*> crowd{nullptr};  ///< release, acquire: set once
};

/// What a new actor is given.
struct role {
  stage* where = nullptr;
  seat* at = nullptr;
  life* who = nullptr;  ///< null: the actor makes its own, one for each cell
  bool early = false;
  unsigned depth = 0;
  troupe::poison_policy poison = {};
};

/// The base of all actors of a round.
class member : public troupe::actor<note, parcel, question, roll_call> {
 public:
  member(const role& mine, std::vector<peer> known);
  ~member() override;

  void on_start();
  void on_stop() override;
  void on_terminated(const troupe::terminated& news) override;

  void on(const note& m);
  void on(parcel m);
  void on(const roll_call&);

 protected:
  /// ME1.
  class inside {
   public:
    explicit inside(const member& m);
    ~inside() { at_.busy.store(false, std::memory_order_relaxed); }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

   private:
    seat& at_;
  };

  model& books() const { return role_.where->books; }
  verdict& judge() const { return books().judge; }
  bool thin() const { return role_.where->thin; }
  bool calm() const { return books().calm.load(std::memory_order_relaxed); }
  std::uint64_t dice(std::uint64_t sides) { return random_.below(sides); }
  bool one_in(std::uint64_t n) { return dice(n) == 0; }
  const peer& somebody();
  stamp next(const peer& to, kind what);

  /// Something was received: writes it down (MO2).
  void arrived(const stamp& mark, kind what);
  /// A message was handled, a timer fired: does something random, and perhaps throws at `poison` (null: no message).
  void react(const stamp* poison, kind what);
  /// Throws, having written down what comes of `poison` (S7).
  [[noreturn]] void fall(const stamp* poison, kind what);
  /// Perhaps.
  void stumble(const stamp* poison, kind what, std::uint64_t odds);
  /// What the runtime puts back when this fails now, oldest first (AC3).
  virtual void put_back(std::vector<repeat>&) {}
  /// Asks `whom` and judges the answer (M5). `for_a_handler`: a handler waits for it, so it may be part of a cycle (M7).
  troupe::task<void> wonder(peer whom, troupe::duration limit, bool for_a_handler = false);

  bool waiting_ = false;     // a handler is suspended: no message may come (M7)
  std::uint32_t tries_ = 0;  // how often the message that is handled was thrown at before

 private:
  struct alarm {
    troupe::time_point due;
    bool over = false;
    bool cancelled = false;
  };

  void talk();
  void talk_to(const peer& to);
  void meet(const peer& somebody_new);
  void grow();
  void stop_one();
  void watch_one();
  void unwatch_one();
  void arm();
  void disarm();
  void judge_answer(const peer& whom, const stamp& mark, const troupe::result<std::uint64_t>& answer,
                    troupe::time_point deadline, bool for_a_handler);

  struct sent_so_far {
    std::uint32_t number = 0;
    std::uint32_t tells = 0;
  };

  const role role_;
  life* me_ = nullptr;
  troupe::prng random_;
  std::vector<peer> known_;
  std::vector<peer> children_;
  std::unordered_map<const void*, sent_so_far> sent_;
  std::vector<std::pair<troupe::timer_handle, std::shared_ptr<alarm>>> alarms_;
};

/// Answers questions in a coroutine, often after a question of its own.
class player : public member {
 public:
  using member::member;
  using member::on;
  troupe::task<std::uint64_t> on(question m);
};

/// Answers only when its turn has ended: what it has handled in the turn comes again when it fails (AC3).
class scribe : public member {
 public:
  static constexpr bool held_replies = true;
  using member::member;
  void on(const note& m);
  void on(const parcel& m);
  void on(const roll_call& m) { member::on(m); }
  std::uint64_t on(const question& m);
  void on_turn_end() override;

 private:
  void put_back(std::vector<repeat>& out) override;

  std::vector<repeat> held_;
};

}  // namespace stress
