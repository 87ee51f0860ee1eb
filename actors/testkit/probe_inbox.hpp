// Where the messages of a probe wait for the test, and what the test is told when others come than it expected.
//
// Rules
//  PI1 The probe's cell adds, in its turns; the test's thread takes. Messages come out in the order in which the probe's mailbox
//      had them (M3), `terminated` among them (M9).
//  PI2 A request stays open until it is replied to; those that the probe leaves open when it goes fail with `stopped` (M5).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <troupe/cell/terminated.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/testkit/print.hpp>

namespace troupe::testkit {

/// How a report shows a message of one type.
struct message_form {
  const message_type* type;
  std::string (*print)(const void* payload);
};

/// The forms of `Ms`.
template <class... Ms>
std::span<const message_form> message_forms() {
  static constexpr message_form forms[] = {
      {&message_type_of<Ms>, [](const void* at) { return printed(*static_cast<const Ms*>(at)); }}...};
  return forms;
}

/// See above (PI1, PI2). Thread-safe.
class probe_inbox {
 public:
  explicit probe_inbox(std::span<const message_form> forms) noexcept : forms_(forms) {}
  probe_inbox(const probe_inbox&) = delete;
  probe_inbox& operator=(const probe_inbox&) = delete;

  /// Whether the probe takes messages of that type.
  bool accepts(const message_type& type) const noexcept;

  /// One more message. Once the inbox is closed it is dropped, its asker hears `stopped`.
  void add(engine::envelope_ptr e) noexcept;

  /// The oldest message, null when there is none within `limit`.
  engine::envelope_ptr take(duration limit);

  /// How many messages wait.
  std::size_t size() const;

  /// Nothing is taken any more (PI2).
  void close() noexcept;

  /// `message` as a report shows it.
  std::string shown(const engine::envelope& message) const;
  /// What waits, a line each, `lines_max` at most and how many more.
  std::string shown_queue(std::size_t lines_max = 10) const;

 private:
  const std::span<const message_form> forms_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<engine::envelope_ptr> queue_;  // guarded by mutex_, with closed_
  bool closed_ = false;
};

}  // namespace troupe::testkit
