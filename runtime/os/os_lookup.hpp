// Names of hosts, looked up by the system's resolver, which blocks for as long as it likes.
//
// Rules
//  OL1 A name that is being looked up is not asked for again: whoever wants it meanwhile gets the same answer. So a name whose servers are silent
//      occupies one thread, however often it is dialled.
//  OL2 At most `threads_max` names are looked up at a time, each on a thread of its own; others wait in the order in which they came. A thread ends
//      when none waits.
//  OL3 Answers run inside the driver; with it those that have not run are destroyed. Nobody waits for a lookup then: it can't be cut short.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <troupe/os/os_address.hpp>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace troupe::os {

/// See above. Thread-safe.
class name_lookups {
 public:
  static constexpr std::size_t threads_max = 8;

  /// How a name is looked up: its addresses, or none and why. Called on several threads at a time; may outlive the lookups.
  using lookup = std::function<std::vector<address>(const port::endpoint& of, std::string& why)>;
  /// What is told of it.
  using answer = std::function<void(const std::vector<address>& found, const std::string& why)>;

  /// Whose answers run in `io`, which must outlive it.
  explicit name_lookups(boost::asio::io_context& io, lookup how = look_up_to_connect);
  /// Destroys what has not been answered.
  ~name_lookups();
  name_lookups(const name_lookups&) = delete;
  name_lookups& operator=(const name_lookups&) = delete;

  /// Looks the host of `of` up. `done` runs once in the driver, or is destroyed (OL3); never in here.
  void start(const port::endpoint& of, answer done);

 private:
  struct shared;
  static void work(const std::shared_ptr<shared>& s) noexcept;

  const std::shared_ptr<shared> shared_;
};

}  // namespace troupe::os
