#include <algorithm>
#include <troupe/node/session_table.hpp>
#include <utility>

namespace troupe::detail {

void session_table::admit(inbound& connection, const wire::hello& theirs, peer_link_ptr back,
                          std::uint64_t epoch, peer_gate_ptr gate) {
  std::optional<wire::reject> no;
  inbound_ptr before, waited;
  std::vector<past> too_many;
  run_ptr its;
  {
    const std::lock_guard hold{mutex_};
    auto& runs = peers_[theirs.node];
    const auto at = std::find_if(runs.begin(), runs.end(),
                                 [&](const run_ptr& r) { return r->incarnation == theirs.incarnation; });
    its = at != runs.end() ? *at : std::make_shared<run>();
    const std::uint64_t known = its->session ? its->session->counts().epoch() : 0;
    if (known > theirs.epoch) {
      no = wire::reject{
          .code = errc::closed,
          .text = "that was before " + theirs.node + " began epoch " + std::to_string(theirs.epoch + 1)};
    } else if (is_full(*its)) {
      no = wire::reject{.code = errc::overloaded,
                        .text = "node " + options_.name + " has " + std::to_string(options_.inbound_max) +
                                " connections of peers already (node.inbound_max)"};
      if (runs.empty()) peers_.erase(theirs.node);
    } else {
      if (at == runs.end()) {
        its->incarnation = theirs.incarnation;
        its->lasts = back != nullptr;
        runs.push_back(its);
      }
      if (!its->session || known < theirs.epoch) {
        if (its->session) its->first.push_back([over = its->session] { over->end(); });
        its->session =
            std::make_shared<far_session>(*env_, std::move(back), peer_run{theirs.incarnation, theirs.epoch},
                                          std::move(gate), options_.watches_max);
      }
      before = its->connection;
      waited = std::exchange(its->next, inbound_ptr{&connection});
      its->next_epoch = epoch;
      while (runs.size() > runs_max) {
        too_many.push_back(past_of(*runs.front()));
        runs.pop_front();
      }
    }
  }
  if (no) return connection.turned_away(*no);
  for (past& r : too_many) {
    if (r.next) r.next->cut("newer runs of the peer have come", [] {});
    r.connection ? r.connection->cut("newer runs of the peer have come", std::move(r.end)) : r.end();
  }
  for (const inbound_ptr& old : {waited, before})
    if (old) old->cut("the peer has made a new connection", [] {});
  if (!before) go_on(theirs.node, its);
}

// ST5. Under the lock.
bool session_table::is_full(const run& for_whom) const {
  if (for_whom.connection || for_whom.next) return false;
  std::size_t connected = 0;
  for (const auto& [name, runs] : peers_)
    for (const run_ptr& r : runs) connected += r->connection || r->next;
  return connected >= options_.inbound_max;
}

// Under the lock.
session_table::past session_table::past_of(run& r) {
  r.is_out = true;
  return {std::move(r.connection), std::move(r.next),
          [first = std::exchange(r.first, {}), session = std::move(r.session)] {
            for (const auto& f : first) f();
            if (session) session->end();
          }};
}

// Whoever gets here first does it, also what comes up meanwhile.
void session_table::go_on(const std::string& peer, const run_ptr& r) {
  std::unique_lock hold{mutex_};
  if (r->goes_on || r->is_out || r->connection) return;
  r->goes_on = true;
  while (!r->first.empty()) {
    const auto todo = std::exchange(r->first, {});
    hold.unlock();
    for (const auto& f : todo) f();
    hold.lock();
  }
  r->goes_on = false;
  if (r->is_out) return;
  r->connection = std::exchange(r->next, nullptr);
  if (const inbound_ptr who = r->connection) {
    const auto session = r->session;
    const std::uint64_t epoch = r->next_epoch;
    hold.unlock();
    return who->admitted(session, epoch);
  }
  if (r->lasts && r->session) return;
  take_out(peer, r);
  const auto session = r->session;
  hold.unlock();
  if (session) session->end();
}

// Under the lock.
void session_table::take_out(const std::string& peer, const run_ptr& r) {
  r->is_out = true;
  const auto runs = peers_.find(peer);
  if (runs == peers_.end()) return;
  std::erase(runs->second, r);
  if (runs->second.empty()) peers_.erase(runs);
}

bool session_table::forget(const std::string& peer, const inbound& connection) {
  run_ptr its;
  bool was_last = true;
  {
    const std::lock_guard hold{mutex_};
    const auto runs = peers_.find(peer);
    if (runs == peers_.end()) return false;
    const auto at = std::find_if(runs->second.begin(), runs->second.end(), [&](const run_ptr& r) {
      return r->connection.get() == &connection || r->next.get() == &connection;
    });
    if (at == runs->second.end()) return false;
    its = *at;
    (its->next.get() == &connection ? its->next : its->connection) = nullptr;
    was_last = std::none_of(runs->second.begin(), runs->second.end(),
                            [](const run_ptr& r) { return r->connection || r->next; });
  }
  go_on(peer, its);
  return was_last;
}

void session_table::declared_down(const std::string& peer, const peer_run& who, std::function<void()> then) {
  run_ptr its;
  inbound_ptr open, waits;
  {
    const std::lock_guard hold{mutex_};
    if (const auto runs = peers_.find(peer); runs != peers_.end()) {
      // One that has begun a newer epoch meanwhile has been told from the older one already.
      const auto at = std::find_if(runs->second.begin(), runs->second.end(), [&](const run_ptr& r) {
        return r->incarnation == who.incarnation &&
               (!r->session || r->session->counts().epoch() <= who.epoch);
      });
      if (at != runs->second.end()) its = *at;
    }
    if (its) {
      if (its->session) its->first.push_back([over = std::exchange(its->session, nullptr)] { over->end(); });
      its->first.push_back(std::move(then));
      open = its->connection;
      waits = std::exchange(its->next, nullptr);
    }
  }
  if (!its) return then();
  if (waits) waits->cut("the peer was declared down", [] {});
  if (open)
    open->cut("the peer was declared down", [] {});
  else
    go_on(peer, its);
}

void session_table::all_declared_down(const std::string& peer, const std::string& reason,
                                      std::function<void()> then) {
  struct held {
    run_ptr its;
    inbound_ptr open, waits;
  };
  std::vector<held> all;
  // Whoever is the last to let go of it calls `then`.
  std::shared_ptr<void> last{nullptr, [then = std::move(then)](void*) { then(); }};
  {
    const std::lock_guard hold{mutex_};
    if (const auto runs = peers_.find(peer); runs != peers_.end())
      for (const run_ptr& r : runs->second) {
        if (r->session) r->first.push_back([over = std::exchange(r->session, nullptr)] { over->end(); });
        r->first.push_back([last]() mutable { last.reset(); });
        all.push_back({r, r->connection, std::exchange(r->next, nullptr)});
      }
  }
  last.reset();
  for (const held& one : all) {
    if (one.waits) one.waits->dismiss(reason, [] {});
    if (one.open)
      one.open->dismiss(reason, [] {});
    else
      go_on(peer, one.its);
  }
}

void session_table::end_all() {
  std::vector<past> all;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& [name, runs] : peers_)
      for (const run_ptr& r : runs) all.push_back(past_of(*r));
    peers_.clear();
  }
  for (const past& r : all) r.end();
}

}  // namespace troupe::detail
