#include <algorithm>
#include <troupe/node/session_table.hpp>
#include <utility>

namespace troupe::detail {

void session_table::admit(inbound& connection, const wire::hello& theirs, peer_link_ptr back,
                          std::uint64_t epoch, peer_gate_ptr gate) {
  far_session_ptr session, over;
  inbound_ptr before;
  std::vector<run> too_many;
  {
    const std::lock_guard hold{mutex_};
    auto& runs = peers_[theirs.node];
    auto at = std::find_if(runs.begin(), runs.end(),
                           [&](const run& r) { return r.incarnation == theirs.incarnation; });
    if (at == runs.end()) {
      runs.push_back({theirs.incarnation, back != nullptr, nullptr, nullptr});
      at = runs.end() - 1;
    }
    const std::uint64_t known = at->session ? at->session->counts().epoch() : 0;
    if (known <= theirs.epoch) {
      before = std::exchange(at->connection, inbound_ptr{&connection});
      if (!at->session || known < theirs.epoch) {
        over = std::exchange(at->session, std::make_shared<far_session>(
                                              *env_, std::move(back),
                                              peer_run{theirs.incarnation, theirs.epoch}, std::move(gate)));
      }
      session = at->session;
    }
    while (runs.size() > runs_max) {
      too_many.push_back(std::move(runs.front()));
      runs.pop_front();
    }
  }
  for (const run& r : too_many) {
    auto end = [session = r.session] { session->end(); };
    r.connection ? r.connection->cut("newer runs of the peer have come", std::move(end)) : end();
  }
  if (!session)
    return connection.turned_away(
        {.code = errc::closed,
         .text = "that was before " + theirs.node + " began epoch " + std::to_string(theirs.epoch + 1)});
  auto admitted = [self = inbound_ptr{&connection}, session, over, epoch] {
    if (over) over->end();
    self->admitted(session, epoch);
  };
  before ? before->cut("the peer has made a new connection", std::move(admitted)) : admitted();
}

bool session_table::forget(const std::string& peer, const inbound& connection) {
  far_session_ptr over;
  bool was_last = true;
  {
    const std::lock_guard hold{mutex_};
    const auto runs = peers_.find(peer);
    if (runs == peers_.end()) return false;
    const auto at = std::find_if(runs->second.begin(), runs->second.end(),
                                 [&](const run& r) { return r.connection.get() == &connection; });
    if (at == runs->second.end()) return false;
    at->connection = nullptr;
    was_last = std::none_of(runs->second.begin(), runs->second.end(),
                            [](const run& r) { return r.connection != nullptr; });
    if (!at->lasts) {
      over = std::move(at->session);
      runs->second.erase(at);
      if (runs->second.empty()) peers_.erase(runs);
    }
  }
  if (over) over->end();
  return was_last;
}

void session_table::declared_down(const std::string& peer, const peer_run& who, std::function<void()> then) {
  run gone{};
  {
    const std::lock_guard hold{mutex_};
    if (const auto runs = peers_.find(peer); runs != peers_.end()) {
      // One that has begun a newer epoch meanwhile has been told from the older one already.
      const auto at = std::find_if(runs->second.begin(), runs->second.end(), [&](const run& r) {
        return r.incarnation == who.incarnation && r.session->counts().epoch() <= who.epoch;
      });
      if (at != runs->second.end()) {
        gone = std::move(*at);
        runs->second.erase(at);
        if (runs->second.empty()) peers_.erase(runs);
      }
    }
  }
  auto tell = [session = gone.session, then = std::move(then)] {
    if (session) session->end();
    then();
  };
  gone.connection ? gone.connection->cut("the peer was declared down", std::move(tell)) : tell();
}

void session_table::all_declared_down(const std::string& peer, const std::string& reason,
                                      std::function<void()> then) {
  std::deque<run> gone;
  {
    const std::lock_guard hold{mutex_};
    if (const auto runs = peers_.find(peer); runs != peers_.end()) {
      gone = std::move(runs->second);
      peers_.erase(runs);
    }
  }
  // Whoever is the last to let go of it calls `then`.
  std::shared_ptr<void> last{nullptr, [then = std::move(then)](void*) { then(); }};
  for (run& r : gone) {
    auto over = [session = std::move(r.session), last]() mutable {
      session->end();
      last.reset();
    };
    r.connection ? r.connection->dismiss(reason, std::move(over)) : over();
  }
}

void session_table::end_all() {
  std::map<std::string, std::deque<run>> all;
  {
    const std::lock_guard hold{mutex_};
    all.swap(peers_);
  }
  for (const auto& [name, runs] : all)
    for (const run& r : runs) r.session->end();
}

}  // namespace troupe::detail
