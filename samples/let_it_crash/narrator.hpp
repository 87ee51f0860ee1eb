// Tells on the terminal what happens: line by line, or as a screen with the living tree on top.
//
// Rules
//  NA1 One actor writes, so lines are whole and in the order in which they were told: what causes something stands above it.
//  NA2 The screen is drawn when there is news, once for all that has come together, and once more a moment later, since an actor's state
//      changes after it has told of it. Who does nothing is not drawn.
#pragma once

#include <deque>
#include <functional>

#include "messages.hpp"

namespace crash {

/// How it is told.
enum class look { lines, screen };

class narrator : public troupe::actor<line, told> {
 public:
  /// `tree`: the picture of the living tree, asked for at each drawing.
  narrator(look how, std::function<std::string()> tree) : how_(how), tree_(std::move(tree)) {}

  void on_start();
  void on(const line& m);
  bool on(const told&);
  void on_turn_end() override;
  void on_stop() override;

 private:
  void draw();

  const look how_;
  const std::function<std::string()> tree_;
  std::deque<std::string> recent_;
  bool news_ = false;
};

}  // namespace crash
