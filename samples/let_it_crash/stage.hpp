// Where a person, or a script, does things to the shop.
#pragma once

#include <functional>
#include <optional>
#include <sstream>

#include "shop.hpp"

namespace crash {

/// How time passes: as it does, or, in a rehearsal, by itself and as fast as can be.
struct rhythm {
  std::function<void(troupe::duration)> pass;  ///< returns when so much time has passed
  std::function<void()> settle;                ///< returns when all that can happen now has happened
};

class stage {
 public:
  /// Opens the shop under `how`. `to`: the narrator, outside of the shop.
  stage(troupe::system& sys, troupe::strategy how, shop_settings settings, rhythm time, troupe::ref<line> to);

  /// Does what was typed: `kill cache`. A mistake is told like all else. False: it was `end`.
  bool run(const std::string& typed);

 private:
  void say(std::string text) { to_.tell(line{std::move(text)}); }
  void open(troupe::strategy how);
  bool is_open() const;
  std::string picture() const;
  void kill_or_quit(const std::string& verb, const std::string& name);
  void send(const std::string& name, int count);
  void administrate(const std::string& verb, const std::string& name);
  void change(const std::string& name);
  template <class M>
  auto ask(const M& what) const;

  troupe::system& sys_;
  troupe::strategy how_;
  const shop_settings settings_;
  const rhythm time_;
  const troupe::ref<line> to_;
  std::optional<troupe::supervision> shop_;
  int sent_ = 0;
};

}  // namespace crash
