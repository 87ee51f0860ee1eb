// Connecting from inside actors: against the operating system, and against a transport that keeps its callers waiting.
#include <doctest/doctest.h>

#include <troupe/io/connect.hpp>
#include <troupe/io/listener.hpp>
#include <troupe/os/os_platform.hpp>
#include <troupe/task/task.hpp>
#include <troupe/tree/supervise.hpp>

#include "loopback.hpp"
#include "unit/cell/world.hpp"

namespace io_connect_test {

using namespace troupe;
using namespace life;
using namespace std::chrono_literals;

namespace {

/// A stream that notes its end.
class noting_stream final : public port::stream {
 public:
  explicit noting_stream(journal_ptr to) : to_(std::move(to)) {}
  ~noting_stream() override { to_->note("stream gone"); }
  result<std::size_t> read_some(std::span<std::byte>) override { return error{errc::would_block, ""}; }
  result<std::size_t> write_some(std::span<const std::byte> from) override { return from.size(); }
  void wait_readable(port::ready_handler) override {}
  void wait_writable(port::ready_handler) override {}
  void close() noexcept override {}
  std::string peer() const override { return "nobody"; }

 private:
  const journal_ptr to_;
};

/// Connects when the test says so.
class slow_transport final : public port::transport {
 public:
  explicit slow_transport(journal_ptr to) : to_(std::move(to)) {}
  result<std::unique_ptr<port::acceptor>> listen(const port::endpoint&) override {
    return error{errc::invalid, "not here"};
  }
  void connect(const port::endpoint&, duration timeout, port::connect_handler done) override {
    {
      const std::lock_guard hold{mutex_};
      within_ = timeout;
      done_ = std::move(done);
    }
    to_->note("connecting");
  }
  duration within() {
    const std::lock_guard hold{mutex_};
    return within_;
  }
  void settle() { std::exchange(done_, nullptr)(std::make_unique<noting_stream>(to_)); }

 private:
  const journal_ptr to_;
  std::mutex mutex_;
  duration within_{};
  port::connect_handler done_;
};

/// The operating system, but for the transport.
class slow_platform final : public port::platform {
 public:
  explicit slow_platform(slow_transport& t) : transport_(t) {}
  port::clock& clock() noexcept override { return below_->clock(); }
  port::entropy& entropy() noexcept override { return below_->entropy(); }
  port::driver& driver() noexcept override { return below_->driver(); }
  port::transport& transport() noexcept override { return transport_; }
  port::files& files() noexcept override { return below_->files(); }
  port::process& process() noexcept override { return below_->process(); }
  std::unique_ptr<port::parker> make_parker() override { return below_->make_parker(); }

 private:
  slow_transport& transport_;
  std::unique_ptr<port::platform> below_ = make_os_platform();
};

struct dial {
  port::endpoint to;
  duration within{};
  using reply = std::string;
};
struct crash {};

class caller : public actor<dial, crash> {
 public:
  using interleaved = messages<dial>;
  task<result<std::string>> on(dial m) {
    auto stream = co_await io::connect(m.to, m.within);
    if (!stream) co_return stream.error();
    co_return (*stream)->peer();
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
};

struct slow_world {
  journal_ptr j = std::make_shared<journal>();
  slow_transport transport{j};
  troupe::system sys{quiet(), std::make_unique<slow_platform>(transport), {}};
};

}  // namespace

TEST_CASE("CO1: a coroutine connects, and hears why it can't") {
  troupe::system sys{quiet()};
  const io::held_port port{sys.env(), {"127.0.0.1", 0}};
  const auto c = spawn<caller>(sys, "caller");
  const auto peer = c.ask(dial{port.at(), 20s}, 20s).get();
  REQUIRE(peer.has_value());
  CHECK(*peer == to_string(port.at()));
  const auto refused = c.ask(dial{{"127.0.0.1", loopback::free_port()}, 20s}, 20s).get();
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == errc::unreachable);
  CHECK(refused.error().text.find("refused") != std::string::npos);
}

TEST_CASE("CO2: connecting ends with the deadline of the request in hand") {
  slow_world w;
  const auto c = spawn<caller>(w.sys, "caller");
  auto patient = c.ask(dial{{}, 1h}, 2h);
  REQUIRE(w.j->wait_for("connecting"));
  CHECK(w.transport.within() == 1h);
  w.transport.settle();
  CHECK(patient.get().value() == "nobody");
  auto hasty = c.ask(dial{{}, 1h}, 30s);
  REQUIRE(w.j->wait_for("connecting", 2));
  CHECK(w.transport.within() <=
        duration{30s} + duration{30s} / 100);  // how exact a deadline is (environment::deadline_after)
  w.transport.settle();
  CHECK(hasty.get().value() == "nobody");
  const auto never_tried = c.ask(dial{{}, 0s}, 30s).get();
  REQUIRE(!never_tried.has_value());
  CHECK(never_tried.error().code == errc::timeout);
  CHECK(w.j->count("connecting") == 2);
}

TEST_CASE("CO3: a connection that comes after its actor has been restarted is closed") {
  slow_world w;
  const auto top =
      supervise(w.sys, "top", one_for_one{.intensity = 10, .period = 5s}, child<caller>("caller"));
  const auto c = top.ref<caller>("caller");
  auto asked = c.ask(dial{{}, 1h}, 20s);
  REQUIRE(w.j->wait_for("connecting"));
  c.tell(crash{});
  CHECK(asked.get().error().code == errc::restarted);
  CHECK(w.j->count("stream gone") == 0);
  w.transport.settle();
  CHECK(w.j->wait_for("stream gone"));
}

TEST_CASE("CO3: a connection that comes after its asker has given up is closed") {
  slow_world w;
  const auto c = spawn<caller>(w.sys, "caller");
  auto asked = c.ask(dial{{}, 1h}, 500ms);
  REQUIRE(w.j->wait_for("connecting"));
  CHECK(asked.get().error().code == errc::timeout);
  // Whatever the caller hears of first, that its asker has gone or that the stream is there: the stream is closed.
  w.transport.settle();
  CHECK(w.j->wait_for("stream gone"));
}

TEST_CASE("CO1: outside of an actor connecting is an error that says so") {
  try {
    static_cast<void>(io::connect({"127.0.0.1", 1}, 1s));
    FAIL("it connects");
  } catch (const failed& e) {
    CHECK(e.why().code == errc::invalid);
    CHECK(e.why().text.find("actors") != std::string::npos);
  }
}

}  // namespace io_connect_test
