// Who on `n1` has to do with `n2`: senders, who keep it busy, and keepers, who depend on its life.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <troupe/troupe.hpp>
#include <vector>

#include "peers/messages.hpp"

namespace peers {

/// A clerk of `n2`.
using clerk_ref = troupe::ref<entry, echo, never, leave, introduce>;

/// What senders have done. Thread-safe.
struct traffic {
  std::atomic<std::uint64_t> told{0};      ///< entries that were sent, or refused
  std::atomic<std::uint64_t> asked{0};     ///< echoes that were asked for
  std::atomic<std::uint64_t> answered{0};  ///< and answered rightly
  std::atomic<std::uint64_t> failed{0};    ///< and failed
  std::atomic<std::uint64_t> wrong{
      0};  ///< and answered wrongly, or failed of something else than the loss of the peer
  std::atomic<bool> paused{false};  ///< nobody sends while it is set
};

/// Tells a clerk entries without end, and asks for an echo after each twenty.
class sender : public troupe::actor<> {
 public:
  sender(std::uint32_t index, clerk_ref to, std::shared_ptr<traffic> all)
      : index_(index), to_(std::move(to)), all_(std::move(all)) {}
  void on_start() { launch(run()); }

 private:
  troupe::task<void> run();

  const std::uint32_t index_;
  const clerk_ref to_;
  const std::shared_ptr<traffic> all_;
};

/// What keepers have heard, each kind by its words. Thread-safe.
class news {
 public:
  void note(const std::string& what);
  /// How often that was heard.
  std::uint64_t count(const std::string& what) const;
  /// How often what begins so was heard.
  std::uint64_t count_all(const std::string& front) const;
  /// All of it, for a failed test.
  std::string text() const;

 private:
  mutable std::mutex lock_;
  std::map<std::string, std::uint64_t> heard_;
};

/// Be told of the end of a clerk, from now on: once as a watcher, once as one who is linked, and once as one who waits for an answer.
struct depend {
  using reply = bool;
};

/// Depends on a clerk and notes `terminated KIND`, `link_ended KIND` and `ask CODE`.
class keeper : public troupe::actor<depend> {
 public:
  /// `exact`: it has the clerk introduce himself, and depends on that one and no other.
  keeper(clerk_ref to, bool exact, std::shared_ptr<news> to_note)
      : to_(std::move(to)), exact_(exact), news_(std::move(to_note)) {}
  troupe::task<troupe::result<bool>> on(depend m);
  void on_terminated(const troupe::terminated& m) override;
  void on_link_ended(const troupe::link_ended& m) override;

 private:
  troupe::task<void> wait_for_answer(troupe::ref<never> of);

  const clerk_ref to_;
  const bool exact_;
  const std::shared_ptr<news> news_;
};

/// A crew of both, on one system. Use it from one thread.
class crew {
 public:
  crew(troupe::system& sys, std::uint32_t senders, std::uint32_t keepers, const std::string& clerk = "clerk");

  /// All keepers depend on the clerk from now on; false when one could not.
  bool depend_now();
  /// Waits until so many echoes more have been answered. Throws when that takes too long.
  void wait_for_answers(std::uint64_t more);
  /// Waits until each keeper has heard of `times` ends in all the three ways, whatever the kind.
  void wait_for_ends(std::uint64_t times);
  /// Nobody sends any more, and every ask is over. Throws when one is not.
  void come_to_rest();

  const std::shared_ptr<traffic> sent = std::make_shared<traffic>();
  const std::shared_ptr<news> heard = std::make_shared<news>();
  const std::uint32_t keepers;

 private:
  std::vector<troupe::ref<keeper>> all_;
};

}  // namespace peers
