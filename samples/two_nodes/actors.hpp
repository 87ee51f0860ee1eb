// The actors of both processes.
#pragma once

#include <chrono>
#include <troupe/pattern/retrying.hpp>
#include <utility>
#include <vector>

#include "messages.hpp"

namespace two_nodes {

/// In the second process: cooks, says so to the hall, and ends its process when the hall is no more.
class kitchen : public troupe::actor<order> {
 public:
  kitchen(troupe::ref<open_for_orders> hall, troupe::system* process)
      : hall_(std::move(hall)), process_(process) {}

  void on_start() {
    watch(hall_);
    launch(say_so());
  }
  std::string on(const order& m) { return "one " + m.dish + ", cooked elsewhere"; }
  void on_terminated(const troupe::terminated&) override { process_->end(0); }

 private:
  // Until the nodes have met an ask fails at once, so it is tried again.
  troupe::task<void> say_so() {
    const troupe::ref<order> here = self();
    const troupe::retry_settings how{.attempts_max = 50, .within = std::chrono::seconds{10}};
    const auto said = co_await troupe::retrying(
        how, [&] { return ask<open_for_orders>(hall_, std::chrono::seconds{1}, here); });
    if (!said) process_->end(1);
  }

  const troupe::ref<open_for_orders> hall_;
  troupe::system* const process_;
};

/// In the first process: learns where the kitchen is, and tells who asks.
class hall : public troupe::actor<open_for_orders, find_kitchen> {
 public:
  void on(const open_for_orders& m) {
    kitchen_ = m.to;
    for (const auto& who : std::exchange(waiting_, {})) who.reply(kitchen_);
  }
  troupe::promise<troupe::ref<order>> on(const find_kitchen&) {
    auto who = answer_later<troupe::ref<order>>();
    if (kitchen_)
      who.reply(kitchen_);
    else
      waiting_.push_back(who);
    return who;
  }

 private:
  troupe::ref<order> kitchen_;
  std::vector<troupe::promise<troupe::ref<order>>> waiting_;
};

}  // namespace two_nodes
