#include <algorithm>
#include <deque>
#include <troupe/base/check.hpp>
#include <troupe/sim/host.hpp>
#include <troupe/sim/network.hpp>
#include <troupe/sim/world.hpp>
#include <vector>

namespace troupe::sim {

namespace detail {

/// What is on its way to an end.
struct piece {
  enum class kind : std::uint8_t { bytes, end, reset };
  kind what = kind::bytes;
  std::vector<std::byte> bytes = {};
  time_point sent{};
  time_point arrives{};     // never earlier than the one before
  std::uint64_t cause = 0;  // the last line of the record of who sent it
};

/// One end of a connection.
struct link_end {
  link_end(host& its_host, std::uint64_t its_number, std::string its_peer)
      : on(its_host), life(its_host.life), number(its_number), peer(std::move(its_peer)) {}

  host& on;
  const std::uint64_t life;    // of the host, when this was made
  const std::uint64_t number;  // of the connection
  const std::string peer;      // the other side's address
  std::weak_ptr<link_end> other{};

  std::deque<piece> coming;     // not yet here
  std::deque<std::byte> inbox;  // here, not read
  bool ended = false;           // the other side writes no more
  bool broken = false;
  bool closed = false;  // by its owner
  /// What this side does with what arrives, once it has forgotten the connection (NW6).
  enum class memory : std::uint8_t { kept, silent, resets };
  memory remembers = memory::kept;
  std::shared_ptr<link_end> ghost{};  // keeps the other end, which has forgotten this one
  port::ready_handler readable{}, writable{};

  std::size_t unread() const noexcept {
    std::size_t sum = inbox.size();
    for (const auto& p : coming) sum += p.bytes.size();
    return sum;
  }
  bool has_news() const noexcept { return !inbox.empty() || ended || broken; }
};

/// A port where somebody listens.
struct listening {
  listening(host& its_host, port::endpoint its_address)
      : on(its_host), life(its_host.life), at(std::move(its_address)) {}

  host& on;
  const std::uint64_t life;
  const port::endpoint at;
  port::accept_handler accept{};
  std::deque<std::unique_ptr<port::stream>> backlog;
};

}  // namespace detail

namespace {

constexpr std::size_t backlog_max = 128;
using detail::link_end;
using detail::piece;

}  // namespace

// ---- streams

class network::sim_stream final : public port::stream {
 public:
  sim_stream(network& net, end_ptr end) : net_(net), end_(std::move(end)) {}
  ~sim_stream() override { sim_stream::close(); }

  result<std::size_t> read_some(std::span<std::byte> into) override {
    if (into.empty()) return error{errc::invalid, "read_some needs room for at least one byte"};
    if (end_->closed) return closed_error();
    if (end_->broken || is_orphaned()) return broken_error("read from");
    if (end_->inbox.empty())
      return end_->ended ? result<std::size_t>{0} : error{errc::would_block, "not ready"};
    // A read may give less than there is: where a piece is cut is nobody's to count on.
    const std::size_t there = std::min(into.size(), end_->inbox.size());
    const std::size_t count = there > 1 && net_.world_.chance(16) ? 1 + net_.world_.below(there) : there;
    const bool was_full = end_->unread() >= window_bytes;
    std::copy_n(end_->inbox.begin(), count, into.begin());
    end_->inbox.erase(end_->inbox.begin(), end_->inbox.begin() + static_cast<std::ptrdiff_t>(count));
    if (was_full)
      if (const auto other = end_->other.lock()) net_.tell_writable(other);
    return count;
  }

  result<std::size_t> write_some(std::span<const std::byte> from) override {
    if (end_->closed) return closed_error();
    if (end_->broken || is_orphaned()) return broken_error("write to");
    const auto other = end_->other.lock();
    if (!other) return broken_error("write to");
    if (from.empty()) return std::size_t{0};
    const std::size_t used = other->unread();
    if (used >= window_bytes) return error{errc::would_block, "not ready"};
    std::size_t count = std::min(from.size(), window_bytes - used);
    if (count > 1 && net_.world_.chance(16)) count = 1 + net_.world_.below(count);
    net_.send(end_, other,
              {.what = piece::kind::bytes,
               .bytes = {from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count)}});
    return count;
  }

  void wait_readable(port::ready_handler ready) override {
    check(!end_->readable, "T2: one wait a direction at a time");
    end_->readable = std::move(ready);
    if (end_->closed || end_->has_news()) net_.tell_readable(end_);
  }

  void wait_writable(port::ready_handler ready) override {
    check(!end_->writable, "T2: one wait a direction at a time");
    end_->writable = std::move(ready);
    const auto other = end_->other.lock();
    if (end_->closed || end_->broken || !other || other->unread() < window_bytes) net_.tell_writable(end_);
  }

  void close() noexcept override {
    if (std::exchange(end_->closed, true)) return;
    net_.tell_readable(end_);
    net_.tell_writable(end_);
    // Who closes over bytes that it has not read resets the connection, as the kernel does.
    if (const auto other = end_->other.lock(); other && !end_->broken && !is_orphaned())
      net_.send(end_, other, {.what = end_->inbox.empty() ? piece::kind::end : piece::kind::reset});
  }

  std::string peer() const override { return end_->peer; }

 private:
  // Its host has crashed: what is still done to it in the course of destruction reaches nobody (D2).
  bool is_orphaned() const noexcept { return end_->life != end_->on.life; }
  error closed_error() const { return {errc::closed, "the stream to " + end_->peer + " is closed"}; }
  error broken_error(const char* operation) const {
    return {errc::io, std::string{operation} + " " + end_->peer + ": the connection was reset"};
  }

  network& net_;
  end_ptr end_;
};

class network::sim_acceptor final : public port::acceptor {
 public:
  sim_acceptor(network& net, std::shared_ptr<detail::listening> at) : net_(net), at_(std::move(at)) {}
  ~sim_acceptor() override { sim_acceptor::close(); }

  void accept(port::accept_handler done) override {
    check(!at_->accept, "one accept at a time is outstanding on an acceptor");
    at_->accept = std::move(done);
    if (closed_) return answer(error{errc::closed, closed_text()});
    if (!at_->backlog.empty()) net_.hand_over(at_);
  }
  port::endpoint local() const override { return at_->at; }
  void close() noexcept override {
    if (std::exchange(closed_, true)) return;
    const auto found = net_.listening_.find(at_->at.port);
    if (found != net_.listening_.end() && found->second == at_) net_.listening_.erase(found);
    at_->backlog.clear();
    if (at_->accept) answer(error{errc::closed, closed_text()});
  }

 private:
  std::string closed_text() const { return "the listener at " + port::to_string(at_->at) + " is closed"; }
  void answer(error why) {
    net_.world_.put_on(at_->on, net_.world_.now(), [at = at_, why = std::move(why)] {
      if (const auto done = std::exchange(at->accept, nullptr)) done(why);
    });
  }

  network& net_;
  std::shared_ptr<detail::listening> at_;
  bool closed_ = false;
};

class network::sim_transport final : public port::transport {
 public:
  sim_transport(network& net, host& on) : net_(net), on_(on) {}

  result<std::unique_ptr<port::acceptor>> listen(const port::endpoint& at) override {
    if (on_.state == host_state::buried)
      return error{errc::io, "listen at " + port::to_string(at) + ": the host is down"};
    port::endpoint local = at;
    if (local.port == 0) {
      while (net_.listening_.contains(net_.next_port_)) ++net_.next_port_;
      local.port = net_.next_port_++;
    }
    if (net_.listening_.contains(local.port))
      return error{
          errc::already_exists,
          port::to_string(local) + " is taken by another program; stop that program or choose another port"};
    auto made = std::make_shared<detail::listening>(on_, local);
    net_.listening_[local.port] = made;
    net_.world_.note(on_.name + " listens at " + port::to_string(local), {.host = on_.name});
    return std::unique_ptr<port::acceptor>{std::make_unique<sim_acceptor>(net_, std::move(made))};
  }

  void connect(const port::endpoint& to, duration timeout, port::connect_handler done) override {
    net_.connect(on_, to, timeout, std::move(done));
  }

 private:
  network& net_;
  host& on_;
};

// ---- the network

std::unique_ptr<port::transport> network::transport_of(host& on) {
  return std::make_unique<sim_transport>(*this, on);
}

duration network::latency(const way& w) {
  const auto spread = static_cast<std::uint64_t>((w.latency_max - w.latency_min).count());
  return w.latency_min + duration{static_cast<duration::rep>(world_.below(spread + 1))};
}

bool network::is_open(const std::string& from, const std::string& to) { return !from_to(from, to).cut; }

void network::spoil(const end_ptr& from, const end_ptr& to, piece& p) {
  way& w = from_to(from->on.name, to->on.name);
  const std::size_t size = p.bytes.size();
  if (w.truncate_next > 0) {
    --w.truncate_next;
    p.bytes.resize(world_.below(size));
    world_.note("the last " + std::to_string(size - p.bytes.size()) + " of " + std::to_string(size) +
                " bytes on connection " + std::to_string(to->number) + " are lost on their way to " +
                to->on.name);
  } else if (w.duplicate_next > 0) {
    --w.duplicate_next;
    p.bytes.reserve(2 * size);
    std::copy_n(p.bytes.begin(), size, std::back_inserter(p.bytes));
    world_.note(std::to_string(size) + " bytes on connection " + std::to_string(to->number) +
                " are doubled on their way to " + to->on.name);
  }
}

void network::send(const end_ptr& from, const end_ptr& to, piece p) {
  if (p.what == piece::kind::bytes) spoil(from, to, p);
  p.sent = world_.now();
  p.cause = from->on.last_line;
  p.arrives = after(world_.now(), latency(from_to(from->on.name, to->on.name)));
  if (!to->coming.empty()) p.arrives = std::max(p.arrives, to->coming.back().arrives);
  const time_point at = p.arrives;
  to->coming.push_back(std::move(p));
  world_.put(at, [this, to] { deliver(to); });
  if (!is_open(from->on.name, to->on.name)) give_up_later(from, to);
}

void network::give_up_later(const end_ptr& from, const end_ptr& to) {
  world_.put(after(world_.now(), given_up_after), [this, from, to] {
    if (to->coming.empty() || world_.now() - to->coming.front().sent < given_up_after) return;
    world_.note("connection " + std::to_string(to->number) + " is given up by " + from->on.name,
                {.host = from->on.name});
    break_end(from);
  });
}

void network::break_end(const end_ptr& end) {
  end->broken = true;
  end->coming.clear();
  end->inbox.clear();
  tell_readable(end);
  tell_writable(end);
}

void network::deliver(const end_ptr& to) {
  const auto from = to->other.lock();
  if (from && !is_open(from->on.name, to->on.name)) return give_up_later(from, to);
  if (from && to->remembers == link_end::memory::silent) return give_up_later(from, to);
  if (from && to->remembers == link_end::memory::resets) {
    to->coming.clear();
    return send(to, from, {.what = piece::kind::reset});
  }
  while (!to->coming.empty() && to->coming.front().arrives <= world_.now()) {
    piece p = std::move(to->coming.front());
    to->coming.pop_front();
    if (to->broken) continue;
    const line_facts about{.kind = line_kind::arrives, .host = to->on.name, .cause = p.cause};
    switch (p.what) {
      case piece::kind::bytes:
        world_.note(to->on.name + " gets " + std::to_string(p.bytes.size()) + " bytes on connection " +
                        std::to_string(to->number),
                    about);
        if (to->closed || to->life != to->on.life) {  // nobody reads here any more
          if (from) send(to, from, {.what = piece::kind::reset});
          continue;
        }
        to->inbox.insert(to->inbox.end(), p.bytes.begin(), p.bytes.end());
        break;
      case piece::kind::end:
        world_.note(to->on.name + " sees the end of connection " + std::to_string(to->number), about);
        to->ended = true;
        break;
      case piece::kind::reset:
        world_.note(to->on.name + " sees connection " + std::to_string(to->number) + " reset", about);
        break_end(to);
        return;
    }
  }
  if (to->has_news()) tell_readable(to);
}

void network::tell_readable(const end_ptr& end) {
  if (!end->readable) return;
  tell(end, std::exchange(end->readable, nullptr));
}

void network::tell_writable(const end_ptr& end) {
  if (!end->writable) return;
  tell(end, std::exchange(end->writable, nullptr));
}

void network::tell(const end_ptr& end, port::ready_handler ready) {
  if (end->life != end->on.life) return;
  world_.put_on(end->on, world_.now(), [end, ready = std::move(ready)] {
    if (end->closed) return ready(error{errc::closed, "the stream to " + end->peer + " is closed"});
    ready({});
  });
}

void network::hand_over(const std::shared_ptr<detail::listening>& at) {
  world_.put_on(at->on, world_.now(), [at] {
    if (!at->accept || at->backlog.empty()) return;
    auto made = std::move(at->backlog.front());
    at->backlog.pop_front();
    std::exchange(at->accept, nullptr)(std::move(made));
  });
}

void network::connect(host& from, const port::endpoint& to, duration timeout, port::connect_handler done) {
  if (from.state == host_state::buried) return;  // nobody hears of it
  // Two ends of one question: what came first counts (NW2).
  struct attempt {
    port::connect_handler done;
  };
  const auto open = std::make_shared<attempt>(attempt{std::move(done)});
  const auto settle = [this, &from, open](time_point when, auto make) {
    world_.put_on(from, when, [open, make = std::move(make)]() mutable {
      if (const auto tell = std::exchange(open->done, nullptr)) tell(make());
    });
  };
  using made_stream = result<std::unique_ptr<port::stream>>;
  settle(after(world_.now(), timeout), [to] {
    return made_stream{error{errc::timeout, "connect to " + port::to_string(to) + ": no answer"}};
  });
  const auto there = listening_.find(to.port);
  if (there == listening_.end()) {
    world_.note(from.name + " is refused at " + port::to_string(to), {.host = from.name});
    return settle(after(world_.now(), 2 * latency(from_to(from.name, from.name))), [to] {
      return made_stream{
          error{errc::unreachable, "connect to " + port::to_string(to) + ": connection refused"}};
    });
  }
  const std::weak_ptr<detail::listening> wanted = there->second;
  host& far = there->second->on;
  const std::uint64_t life = from.life;
  world_.put(after(world_.now(), latency(from_to(from.name, far.name))), [this, &from, &far, life, wanted, to,
                                                                          settle] {
    if (!is_open(from.name, far.name) || !is_open(far.name, from.name) || from.life != life)
      return;  // silence
    const time_point back = after(world_.now(), latency(from_to(far.name, from.name)));
    const auto at = wanted.lock();
    const auto now_there = listening_.find(to.port);
    if (!at || now_there == listening_.end() || now_there->second != at ||
        at->backlog.size() == backlog_max) {
      world_.note(from.name + " is refused at " + port::to_string(to), {.host = from.name});
      return settle(back, [to] {
        return made_stream{
            error{errc::unreachable, "connect to " + port::to_string(to) + ": connection refused"}};
      });
    }
    const std::uint64_t number = ++connections_;
    const auto near_end = std::make_shared<detail::link_end>(from, number, port::to_string(to));
    const auto far_end = std::make_shared<detail::link_end>(
        far, number, from.name + ":" + std::to_string(20'000 + number % 40'000));
    near_end->other = far_end;
    far_end->other = near_end;
    ends_.push_back(near_end);
    ends_.push_back(far_end);
    world_.note("connection " + std::to_string(number) + " from " + from.name + " to " + far.name);
    at->backlog.push_back(std::make_unique<sim_stream>(*this, far_end));
    hand_over(at);
    settle(back, [this, near_end] { return made_stream{std::make_unique<sim_stream>(*this, near_end)}; });
  });
}

void network::cut(const std::string& from, const std::string& to, bool is_cut) {
  bool& now = from_to(from, to).cut;
  if (std::exchange(now, is_cut) == is_cut) return;
  world_.note("what " + from + " sends to " + to + (is_cut ? " does not arrive" : " arrives again"));
  if (!is_cut) changed();
}

void network::partition(const std::string& a, const std::string& b, bool is_cut) {
  cut(a, b, is_cut);
  cut(b, a, is_cut);
}

void network::changed() {
  std::erase_if(ends_, [](const auto& one) { return one.expired(); });
  for (const auto& one : ends_) {
    const auto to = one.lock();
    const auto from = to ? to->other.lock() : nullptr;
    if (!from || to->coming.empty() || !is_open(from->on.name, to->on.name)) continue;
    for (auto& p : to->coming)
      p.arrives = std::max(p.arrives, after(world_.now(), latency(from_to(from->on.name, to->on.name))));
    for (std::size_t i = 1; i < to->coming.size(); ++i)
      to->coming[i].arrives = std::max(to->coming[i].arrives, to->coming[i - 1].arrives);
    for (const auto& p : to->coming) world_.put(p.arrives, [this, to] { deliver(to); });
  }
}

void network::reset(const std::string& a, const std::string& b) {
  for (const auto& one : ends_) {
    const auto end = one.lock();
    const auto other = end ? end->other.lock() : nullptr;
    if (!other || end->broken) continue;
    const bool between =
        (end->on.name == a && other->on.name == b) || (end->on.name == b && other->on.name == a);
    if (between) break_end(end);
  }
}

void network::forget(const std::string& forgets, const std::string& believes) {
  for (const auto& one : ends_) {
    const auto end = one.lock();
    const auto other = end ? end->other.lock() : nullptr;
    if (!other || end->broken || other->broken || end->on.name != forgets || other->on.name != believes)
      continue;
    world_.note(forgets + " has forgotten connection " + std::to_string(end->number) + ", and " + believes +
                    " does not know",
                {.host = forgets});
    end->remembers = link_end::memory::silent;
    other->ghost = end;
    break_end(end);
  }
}

void network::answer_forgotten(const std::string& forgets, const std::string& believes) {
  for (const auto& one : ends_) {
    const auto end = one.lock();
    const auto other = end ? end->other.lock() : nullptr;
    if (!other || end->remembers != link_end::memory::silent || end->on.name != forgets ||
        other->on.name != believes)
      continue;
    end->remembers = link_end::memory::resets;
    if (!end->coming.empty()) deliver(end);
  }
}

void network::crash(host& on) {
  for (auto at = listening_.begin(); at != listening_.end();)
    at = &at->second->on == &on ? listening_.erase(at) : std::next(at);
  for (const auto& one : ends_) {
    const auto end = one.lock();
    if (!end || &end->on != &on || end->life != on.life) continue;
    end->readable = end->writable = nullptr;
    if (const auto other = end->other.lock(); other && !end->closed && !end->broken)
      send(end, other, {.what = piece::kind::reset});
  }
}

}  // namespace troupe::sim
