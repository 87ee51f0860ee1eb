// The journal: which transfers there are, and where each is. Whoever carries them out may crash at any point and finds here how to go on.
#pragma once

#include <memory>

#include "ledger.hpp"
#include "messages.hpp"
#include "mishap.hpp"

namespace bank {

class journal : public troupe::actor<enter, reached, unfinished, take_census> {
 public:
  static constexpr bool held_replies = true;

  journal(std::string directory, std::uint32_t mishaps);
  ~journal() override;

  void on_start();
  void on_turn_end() override { ledger_->commit(); }
  step on(const enter& m);
  void on(const reached& m);
  std::vector<transfer> on(const unfinished&);
  census on(const take_census&);

 private:
  struct statements;

  const std::string directory_;
  mishap mishap_;
  std::unique_ptr<ledger> ledger_;
  std::unique_ptr<statements> sql_;
};

}  // namespace bank
