// Streams whose other side is the test: it sends and goes on when that has been handled, what is written is kept, and there is as much room as the test
// gives. And the accepting side of a node, made of its parts, on a clock that stands still.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <troupe/node/inbound.hpp>
#include <troupe/node/refusals.hpp>
#include <troupe/node/session_table.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <utility>
#include <vector>

namespace scripted_test {

using namespace std::chrono_literals;

/// The test's side of a stream. Thread-safe.
class far_side {
 public:
  /// Sends bytes to who reads, and waits until they have been handled, or the stream is closed.
  void send(const std::string& bytes) {
    send_unread(bytes);
    wait([this] { return readable_ && coming_.empty(); });
  }
  /// Sends bytes to who may be reading nothing.
  void send_unread(const std::string& bytes) {
    {
      const std::lock_guard hold{mutex_};
      coming_ += bytes;
    }
    wake();
  }
  /// Sends nothing any more, and waits until the stream is closed.
  void end() {
    {
      const std::lock_guard hold{mutex_};
      ended_ = true;
    }
    wake();
    wait([] { return false; });
  }
  /// Takes so many bytes more than before.
  void take(std::size_t bytes) {
    troupe::port::ready_handler ready;
    {
      const std::lock_guard hold{mutex_};
      room_ = bytes > SIZE_MAX - room_ ? SIZE_MAX : room_ + bytes;
      ready.swap(writable_);
    }
    if (ready) ready({});
  }
  /// Takes no bytes any more.
  void take_nothing() {
    const std::lock_guard hold{mutex_};
    room_ = 0;
  }
  bool is_closed() const {
    const std::lock_guard hold{mutex_};
    return closed_;
  }
  /// The frames that were written and that nobody has asked for yet, but signs of life.
  std::vector<std::pair<troupe::wire::frame_kind, std::string>> frames() {
    const std::lock_guard hold{mutex_};
    reader_.raise_limit(64u << 20, 64u << 20);
    reader_.feed(std::exchange(written_, {}));
    std::vector<std::pair<troupe::wire::frame_kind, std::string>> out;
    for (;;) {
      const auto f = reader_.next();
      REQUIRE(f.has_value());
      if (!*f) return out;
      if ((*f)->kind != troupe::wire::frame_kind::ping && (*f)->kind != troupe::wire::frame_kind::pong)
        out.emplace_back((*f)->kind, std::string{(*f)->body});
    }
  }
  /// Forgets who waits for something here, who may keep this alive.
  void forget() {
    troupe::port::ready_handler one, two;
    const std::lock_guard hold{mutex_};
    one.swap(readable_);
    two.swap(writable_);
    gone_.push_back(std::move(one));
    gone_.push_back(std::move(two));
  }
  void bury() { std::exchange(gone_, {}).clear(); }

 private:
  friend class scripted_stream;

  template <class F>
  void wait(F over) {
    const auto is_over = [&] { return closed_ || over(); };
    for (std::unique_lock hold{mutex_}; !is_over();) {
      REQUIRE(changed_.wait_for(hold, 20s, [&] { return is_over() || (readable_ && anything_comes()); }));
      hold.unlock();
      wake();
      hold.lock();
    }
  }
  bool anything_comes() const { return ended_ || !coming_.empty(); }

  void wake() {
    for (;;) {
      troupe::port::ready_handler ready;
      {
        const std::lock_guard hold{mutex_};
        if (!readable_ || closed_ || !anything_comes()) return;
        ready.swap(readable_);
      }
      ready({});
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string coming_, written_;
  std::size_t room_ = SIZE_MAX;
  bool ended_ = false, closed_ = false;
  troupe::port::ready_handler readable_, writable_;
  std::vector<troupe::port::ready_handler> gone_;
  troupe::wire::frame_reader reader_;
};
using far_side_ptr = std::shared_ptr<far_side>;

/// The owner's side of it.
class scripted_stream final : public troupe::port::stream {
 public:
  explicit scripted_stream(far_side_ptr far) : far_(std::move(far)) {}

  troupe::result<std::size_t> read_some(std::span<std::byte> into) override {
    const std::lock_guard hold{far_->mutex_};
    const std::size_t n = std::min(into.size(), far_->coming_.size());
    if (n == 0 && !far_->ended_) return troupe::error{troupe::errc::would_block, {}};
    std::memcpy(into.data(), far_->coming_.data(), n);
    far_->coming_.erase(0, n);
    return n;
  }
  troupe::result<std::size_t> write_some(std::span<const std::byte> from) override {
    const std::lock_guard hold{far_->mutex_};
    const std::size_t n = std::min(from.size(), far_->room_);
    if (n == 0) return troupe::error{troupe::errc::would_block, {}};
    far_->written_.append(reinterpret_cast<const char*>(from.data()), n);
    if (far_->room_ != SIZE_MAX) far_->room_ -= n;
    return n;
  }
  void wait_readable(troupe::port::ready_handler ready) override {
    const std::lock_guard hold{far_->mutex_};
    far_->readable_ = std::move(ready);
    far_->changed_.notify_all();
  }
  void wait_writable(troupe::port::ready_handler ready) override {
    const std::lock_guard hold{far_->mutex_};
    far_->writable_ = std::move(ready);
  }
  void close() noexcept override {
    {
      const std::lock_guard hold{far_->mutex_};
      far_->closed_ = true;
      far_->changed_.notify_all();
    }
    far_->forget();  // they would be called later, to hear that it is closed, and do nothing
  }
  std::string peer() const override { return "far side"; }

 private:
  const far_side_ptr far_;
};

/// The accepting side of the node n2, without sockets. Peers may send to all that users have started.
class door final : public troupe::detail::inbound_host {
 public:
  explicit door(const std::function<void(troupe::node_options&)>& change = {}, unsigned workers = 2)
      : sys(still(workers)) {
    options.name = "n2";
    if (change) change(options);
    sessions.emplace(sys.env(), options);
  }
  ~door() {
    for (auto& one : all) one->stop();
    sessions->end_all();
    for (auto& far : sides) {
      far->forget();
      far->bury();
    }
  }

  /// A connection that somebody has made.
  struct caller {
    far_side_ptr far;
    troupe::detail::inbound_ptr near;
    /// Whether it is let in.
    bool is_in() const { return near->guest() != nullptr; }
  };
  caller connect() {
    auto far = std::make_shared<far_side>();
    sides.push_back(far);
    all.emplace_back(new troupe::detail::inbound{sys.env(), options, self, seals, *this,
                                                 std::make_unique<scripted_stream>(far)});
    all.back()->start();
    return {far, all.back()};
  }
  /// One that brings that hello.
  caller connect(const troupe::wire::hello& theirs) {
    auto out = connect();
    std::string frame;
    theirs.encode(frame);
    out.far->send(frame);
    return out;
  }

  bool is_replaced(std::string_view, std::uint64_t) const override { return false; }
  std::string objection_to(const troupe::port::peer_proof& proof, std::string_view node) const override {
    return objection.empty() ? troupe::objection_to(proof, node, troupe::proof_rules_of(options)) : objection;
  }
  std::string objection_to_age(const troupe::port::peer_proof&) const override { return objection_to_old; }
  void admit(troupe::detail::inbound& connection, const troupe::wire::hello& theirs) override {
    auto gate = std::make_shared<const troupe::detail::peer_gate>("n2", theirs.node, rights.of(theirs.node),
                                                                  ref_seals, refused);
    sessions->admit(connection, theirs, nullptr, 1, std::move(gate));
  }
  std::optional<std::string> address_for(std::string_view, troupe::detail::nearness) const override {
    return {};
  }
  void introduced(const troupe::detail::introductions::connection&, const std::string&,
                  troupe::detail::nearness, const troupe::wire::introduction&) override {}
  void forget(troupe::detail::inbound& connection, const std::string& peer) override {
    if (sessions->forget(peer, connection)) ++unheard;
  }

  static troupe::testkit::test_options still(unsigned workers) {
    troupe::testkit::test_options out{.time = troupe::testkit::time_kind::manual, .leftovers = false};
    out.system.workers = workers;
    return out;
  }

  troupe::testkit::test_system sys;
  troupe::node_options options;
  const troupe::node_identity self{
      "n2", 9, troupe::wire::can_cancel | troupe::wire::can_join | troupe::wire::can_offer, 500ms, 64u << 20};
  const troupe::detail::wait_seals seals{self, {1, 2}};
  const troupe::rights::ref_seals ref_seals{{1, 2}};
  const troupe::rights::rights_table rights{"n2", {"/user/**"}};
  troupe::detail::refusals refused{sys.env()};
  std::optional<troupe::detail::session_table> sessions;
  std::vector<troupe::detail::inbound_ptr> all;
  std::vector<far_side_ptr> sides;
  std::string objection = {};         ///< to whoever says who he is; empty: what the options say
  std::string objection_to_old = {};  ///< to whoever has been let in
  std::atomic<int> unheard{0};        ///< how often a peer had no connection any more
};

/// The hello of the node `guest`.
inline troupe::wire::hello guest(std::uint64_t incarnation = 5, std::uint64_t epoch = 1) {
  return {.capabilities = troupe::wire::can_cancel | troupe::wire::can_offer,
          .node = "guest",
          .incarnation = incarnation,
          .target = "n2",
          .heartbeat_interval = 1s,
          .epoch = epoch};
}

/// The bytes of a frame.
template <class Frame>
std::string bytes_of(const Frame& f) {
  std::string out;
  f.encode(out);
  return out;
}

}  // namespace scripted_test
