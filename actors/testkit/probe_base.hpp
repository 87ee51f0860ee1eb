// The part of a probe that does not depend on its protocol.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/actor/actor_base.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/testkit/probe_inbox.hpp>
#include <troupe/testkit/test_scope.hpp>
#include <vector>

namespace troupe::testkit {

namespace detail {

/// The actor behind a probe: hands all it gets to the inbox.
class probe_body final : public actor_base {
 public:
  explicit probe_body(std::shared_ptr<probe_inbox> to) noexcept : to_(std::move(to)) {}
  void receive(delivery& d) override;
  /// `watch` for the probe. In its turn.
  void begin_watch(const any_ref& who) { watch(who); }
  /// `unwatch` for the probe. In its turn.
  void end_watch(const any_ref& who) { unwatch(who); }

 private:
  std::shared_ptr<probe_inbox> to_;
};

/// The class of probes that accept `Ms`, as data.
template <class... Ms>
struct probe_class {
  static constexpr const message_type* accepts[] = {&message_type_of<Ms>...};
  static constexpr actor_class value{probe_class_name, accepts, sizeof...(Ms), false};
};

}  // namespace detail

/// What all probes can (probe.hpp).
class probe_base {
 public:
  probe_base(const probe_base&) = delete;
  probe_base& operator=(const probe_base&) = delete;
  /// Stops the probe's actor and waits for its end.
  ~probe_base();

  /// Its path.
  std::string path() const { return cell_->path(); }

  /// Has the probe told when `who` stops (L4). Fails the test when there is no such actor.
  void watch(const any_ref& who, source_location where = TROUPE_HERE);
  /// No longer; a `terminated` that the probe's actor has not looked at yet is dropped.
  void unwatch(const any_ref& who, source_location where = TROUPE_HERE);
  /// The next message must be the news that `who` has stopped. Returns how and why.
  exit_reason expect_terminated(const any_ref& who, std::optional<duration> within = {},
                                source_location where = TROUPE_HERE);

  /// Nothing may come. With a test platform: nothing that is under way now comes here; waits for all to be done and no
  /// longer. On other ports: nothing comes within `patience::nothing`.
  void expect_no_message(source_location where = TROUPE_HERE);
  /// Nothing may come for `d`: that much time passes, at once where time is manual.
  void expect_no_message(duration d, source_location where = TROUPE_HERE);

  /// How many messages wait here.
  std::size_t queued() const { return inbox_->size(); }

  /// The number of the actor that sent the message taken last (M6); 0: a thread that is no actor, or nothing was taken.
  std::uint64_t last_cause() const noexcept { return last_cause_; }
  /// Its path; empty when it is none, or has stopped and gone.
  std::string last_sender() const;
  /// Whether the message taken last was asked and waits for an answer.
  bool last_was_asked() const noexcept { return last_reply_ && !last_reply_->is_settled(); }

  /// Answers the message taken last with an error. False: nobody waits for it any more. Fails the test when it was not asked.
  bool reply_error(error why, source_location where = TROUPE_HERE);

  /// Stops the probe's actor, as a test of those who watch it or send to it wants. Its queue stays to be looked at.
  void stop();

 protected:
  probe_base(test_scope scope, std::string name, const actor_class& type,
             std::span<const message_form> forms);

  const cell_ptr& own_cell() const noexcept { return cell_; }

  /// The next message within a time; fails the test, which expected `what`, when there is none. What is told of the message is
  /// kept for `last_...`, and its reply slot for `reply`.
  engine::envelope_ptr next(std::string_view what, std::optional<duration> within, source_location where);

  /// How long an expectation waits, from its beginning (PB3).
  struct time_limit {
    stopwatch real;
    std::optional<time_point> manual_end;
    duration given;
  };
  time_limit limit_of(std::optional<duration> within) const;
  /// As `next`; null when there is no message before the limit.
  engine::envelope_ptr next_or_null(const time_limit& limit);

  /// An expectation was met: what was captured until now is no news for the next one.
  void met() { mark_ = scope_.seen->mark(); }

  /// The test expected `what` and got `e`; `details` has lines below it.
  [[noreturn]] void fail_on(const engine::envelope& e, std::string_view what, source_location where,
                            std::string_view details = {}, const std::vector<std::string>& lines = {});
  /// The test fished in vain past `count` messages, the first of which are `passed`.
  [[noreturn]] void fail_to_fish(std::string_view name, bool fits, duration given, std::size_t count,
                                 const std::vector<std::string>& passed, source_location where);
  // What is expected, in words.
  static std::string name_of_a(std::string_view name);
  static std::string name_of_any(std::initializer_list<std::string_view> names);
  static std::string name_of_nth(std::string_view name, std::size_t nth, std::size_t of);
  /// The test expected `what`, `story` says what happened.
  [[noreturn]] void fail(const std::string& story, source_location where);

  /// Answers the message taken last with `e`; see `reply_error`.
  bool reply_with(engine::envelope_ptr e, source_location where);

  std::string shown(const engine::envelope& e) const { return inbox_->shown(e); }

 private:
  engine::reply_slot_ptr open_request(source_location where);
  void in_cell(void (detail::probe_body::*f)(const any_ref&), const any_ref& who, source_location where);
  engine::envelope_ptr take_in_manual_time(time_point end);
  void note(engine::envelope& e);

  test_scope scope_;
  std::shared_ptr<probe_inbox> inbox_;
  cell_ptr cell_;
  std::uint64_t mark_;  // of what was captured, at the last expectation that was met
  duration waited_{};   // by the last expectation
  std::uint64_t last_cause_ = 0;
  std::string last_name_;
  engine::reply_slot_ptr last_reply_;
};

}  // namespace troupe::testkit
