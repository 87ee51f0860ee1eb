// Who waits for a stream below TLS. To read may mean to wait for room to write, and to write for bytes to read, while keys are agreed on; so
// two who wait share the two waits of the stream below.
//
// Rules
//  TA1 What waits belongs to the callbacks of the stream below, and to nothing else: it runs with one of them, or is destroyed with them
//      un-run (O3). So a callback that holds its stream makes no circle.
//  TA2 Each runs once, with the first of the directions it waits for.
#pragma once

#include <memory>
#include <mutex>
#include <troupe/port/transport.hpp>
#include <vector>

namespace troupe::os {

/// See above. Thread-safe, as long as `below` is used by its owner only.
class tls_waits : public std::enable_shared_from_this<tls_waits> {
 public:
  /// Calls `ready` once `below` can be read, where `in`, or written, where `out`. One of them is true.
  void wait(port::stream& below, port::ready_handler ready, bool in, bool out);

 private:
  struct ticket {
    port::ready_handler ready;  // guarded by mutex_; empty once taken
  };
  struct crowd {
    std::vector<std::shared_ptr<ticket>> all;
  };

  // Adds to those who wait for a direction; the crowd, if the stream below is to be asked for it.
  std::shared_ptr<crowd> join(std::weak_ptr<crowd>& there, const std::shared_ptr<ticket>& who);
  void fired(const std::shared_ptr<crowd>& who, std::weak_ptr<crowd> tls_waits::*there,
             const result<void>& how);

  std::mutex mutex_;
  std::weak_ptr<crowd> in_, out_;  // those that the stream below was asked for
};

}  // namespace troupe::os
