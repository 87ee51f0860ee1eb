// A wire that listens in: what the first connection to it says is passed on and kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace peers {

/// Passes bytes on between who connects to it and a port of this machine, one connection after the other.
class relay {
 public:
  relay();
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  /// Where it listens.
  std::uint16_t port() const noexcept { return port_; }
  /// From now on connections are passed on to that port; until then they are closed.
  void leads_to(std::uint16_t port) noexcept { to_ = port; }
  /// What the first connection that was passed on has said so far.
  std::string said_by_first() const;

 private:
  void run();
  void pass_on(int from, int to);

  std::uint16_t port_;
  int listener_;
  int end_[2];  // a byte in it: it is over
  std::atomic<std::uint16_t> to_{0};
  mutable std::mutex lock_;
  std::string said_;
  bool first_is_over_ = false;  // of the thread
  std::thread thread_;
};

/// Connects to a port, sends `bytes`, and reads until the other side closes; what came. Throws `std::runtime_error` when it does not.
std::string say_to(std::uint16_t port, const std::string& bytes);

}  // namespace peers
