// A machine of the plant: counts what it did, and fails in the way it is told.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>
#include <troupe/troupe.hpp>

namespace plant {

/// What can go wrong. The plant has rules for three of them (plant.cpp); the fourth is what nobody has thought of.
struct odd_reading : std::runtime_error {
  odd_reading() : runtime_error("an odd reading") {}
};
struct worn_out : std::runtime_error {
  worn_out() : runtime_error("worn out") {}
};
struct overheated : std::runtime_error {
  overheated() : runtime_error("overheated") {}
};
enum class trouble { odd_reading, worn_out, overheated, unexpected };

/// To a machine: run once. Answered with how often it has since it was made.
struct run_once {
  using reply = int;
};

/// To a machine: fail.
struct go_wrong {
  trouble how = trouble::unexpected;
};

/// To a machine: your work is done, stop by yourself.
struct finish {};

class machine : public troupe::actor<run_once, go_wrong, finish> {
 public:
  /// `loud`: it says when it comes and goes.
  machine(std::string name, bool loud) : name_(std::move(name)), loud_(loud) {}

  void on_start() {
    if (loud_) std::printf("    + %s\n", name_.c_str());
  }
  void on_stop() override {
    if (loud_) std::printf("    - %s, runs in this life: %d\n", name_.c_str(), runs_);
  }

  int on(const run_once&) { return ++runs_; }
  void on(const finish&) { stop_self(); }
  void on(const go_wrong& m) {
    switch (m.how) {
      case trouble::odd_reading:
        throw odd_reading{};
      case trouble::worn_out:
        throw worn_out{};
      case trouble::overheated:
        throw overheated{};
      case trouble::unexpected:
        break;
    }
    throw std::logic_error{"a bug"};
  }

 private:
  const std::string name_;
  const bool loud_;
  int runs_ = 0;
};

}  // namespace plant
