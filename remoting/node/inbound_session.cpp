// How an inbound connection gets its session, and what it hands on to it (IN10).
#include <algorithm>
#include <troupe/agreement/agreement.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/node/encoded.hpp>
#include <troupe/node/far_session.hpp>
#include <troupe/node/inbound.hpp>
#include <troupe/wire/contract_bodies.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/system_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// 0, which says nothing, for a set that no peer would take.
std::uint64_t digest_to_say(const schema::contract_set& set) {
  return troupe::pack(set).size() > contract_set_bytes_max ? 0 : digest_of(set);
}

}  // namespace

void inbound::admitted(far_session_ptr session, std::uint64_t epoch) {
  const std::lock_guard hold{mutex_};
  if (closing_ || !pipe_.stream()) return;
  const incoming so_far = session->counts();
  session_ = std::move(session);
  env_->timers().cancel(*this);
  watch_silence();
  answer_->epoch = epoch;
  answer_->system_frames = so_far.system_frames();
  answer_->messages = so_far.messages();
  const bool joins = (answer_->capabilities & wire::can_join) != 0;
  pipe_.queue().cut(joins);
  takes_max_ = std::min<std::uint64_t>(takes_max_, joins ? ~std::uint64_t{0} : limits::frame_bytes_max);
  takes_max_ -= std::min<std::size_t>(takes_max_, wire::message_front::bytes_max);
  both_can_.store(answer_->capabilities, std::memory_order_relaxed);
  answer_->encode(pipe_.urgent());
  if ((answer_->capabilities & wire::can_compare) != 0)
    wire::contracts{digest_to_say(options_.contracts)}.encode(pipe_.urgent());
  answer_.reset();
  schedule();
}

std::string inbound::peer() {
  const std::lock_guard hold{mutex_};
  return peer_;
}

std::shared_ptr<const ref_guest> inbound::guest() {
  const std::lock_guard hold{mutex_};
  return session_ ? session_->shared_gate() : nullptr;
}

void inbound::turned_away(const wire::reject& why) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (!closing_ && pipe_.stream()) turn_away(why, after);
  }
  for (auto& f : after) f();
}

void inbound::gives_way(std::string why) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (!closing_ && pipe_.stream() && !session_) {
      tell_refused(pipe_.stream()->peer(), std::move(why), after);
      close(after);
    }
  }
  for (auto& f : after) f();
}

// Certificates are checked without the lock: that takes a while, and no other stream takes this one's place.
bool inbound::recheck() {
  port::peer_proof proof;
  std::string peer;
  const inbound_host* host = nullptr;
  {
    const std::lock_guard hold{mutex_};
    if (closing_ || !pipe_.stream() || peer_.empty()) return false;
    host = host_;
    proof = pipe_.stream()->proof();
    peer = peer_;
  }
  std::string why = host ? host->objection_to(proof, peer) : std::string{};
  if (why.empty()) return false;
  later after;
  {
    const std::lock_guard hold{mutex_};
    if (closing_) return false;
    send_away(std::move(why), after);
  }
  for (auto& f : after) f();
  return true;
}

void inbound::cut(std::string why, std::function<void()> then) {
  later after;
  {
    const std::lock_guard hold{mutex_};
    lose(after, std::move(why));
    (handling_ ? drained_ : after).push_back(std::move(then));
  }
  for (auto& f : after) f();
}

void inbound::dismiss(const std::string& why, std::function<void()> then) {
  {
    const std::lock_guard hold{mutex_};
    if (!closing_ && pipe_.stream() && session_) {
      std::string frame;
      wire::goodbye{"declared down here: " + why}.encode(frame);
      pipe_.queue().add_behind(std::move(frame));
      pipe_.flush();  // a peer that reads nothing is not waited for
    }
  }
  cut("the peer was declared down", std::move(then));
}

template <class Body, class Do>
void inbound::once(const wire::frame& f, later& after, Do what) {
  auto body = Body::decode(f.body);
  if (!body) return lose(after, body.error().text);
  switch (session_->system_frame(body->number)) {
    case arrival::gap:
      return lose(after,
                  "system frame " + std::to_string(body->number) + " came, and too many before it did not");
    case arrival::fresh:
      after.push_back([session = session_, body = std::move(*body), what] { what(*session, body); });
      break;
    case arrival::repeated:
      break;
  }
  owes_word_ = true;
}

void inbound::system_frame(const wire::frame& f, later& after) {
  using session = far_session;
  switch (f.kind) {
    case wire::frame_kind::watch:
      return once<wire::watch>(f, after, [self = inbound_ptr{this}](session& s, const wire::watch& m) {
        if (!s.watch(m.id, m.path))
          self->cut("watch " + std::to_string(m.id) + " came while there was one of that number", [] {});
      });
    case wire::frame_kind::unwatch:
      return once<wire::unwatch>(f, after, [](session& s, const wire::unwatch& m) { s.unwatch(m.id); });
    case wire::frame_kind::obituary:
      return once<wire::obituary>(f, after,
                                  [](session& s, const wire::obituary& m) { s.bury(m.id, m.reason); });
    case wire::frame_kind::link:
      return once<wire::link>(f, after, [](session& s, const wire::link& m) {
        s.of_links([&](peer_link& l, const peer_run& of) { l.linked_from(of, m); });
      });
    case wire::frame_kind::unlink:
      return once<wire::unlink>(f, after, [](session& s, const wire::unlink& m) {
        s.of_links([&](peer_link& l, const peer_run& of) { l.unlinked_from(of, m); });
      });
    case wire::frame_kind::linked:
      return once<wire::linked>(f, after, [](session& s, const wire::linked& m) {
        s.of_links([&](peer_link& l, const peer_run& of) { l.link_is_to(of, m); });
      });
    default:
      return once<wire::link_end>(f, after, [](session& s, const wire::link_end& m) {
        s.of_links([&](peer_link& l, const peer_run& of) { l.link_ended_from(of, m); });
      });
  }
}

// W9
void inbound::contracts_wanted(const wire::frame& f, later& after) {
  if (const auto body = wire::contracts_wanted::decode(f.body); !body) return lose(after, body.error().text);
  if (std::exchange(said_contracts_, true) ||
      (both_can_.load(std::memory_order_relaxed) & wire::can_compare) == 0)
    return lose(after, "it wants the contracts that it has, or that it can't read");
  std::string frame;
  if (const auto done = wire::contract_list{troupe::pack(options_.contracts)}.encode(frame); !done)
    return lose(after, done.error().text);
  pipe_.queue().add(wire::lane::bulk, std::move(frame), 0);
  schedule();
}

// IN21
void inbound::introduction_came(const wire::frame& f, later& after) {
  auto body = wire::introduction::decode(f.body);
  if (!body) return lose(after, body.error().text);
  if ((both_can_.load(std::memory_order_relaxed) & wire::can_introduce) == 0 || !host_) return;
  // The host hears that the connection is over behind this (IN18).
  after.push_back([self = inbound_ptr{this}, host = host_, what = std::move(*body)] {
    host->introduced({self.get(), 0}, self->peer_, self->near_, what);
  });
}

std::vector<wire::introduction> inbound::nodes_named_in(const encoded& payload) {
  const inbound_host* host = nullptr;
  {
    const std::lock_guard hold{mutex_};
    host = host_;
  }
  // The name does not change any more.
  return host ? introductions_for(payload.other_nodes(), peer_, near_, *host)
              : std::vector<wire::introduction>{};
}

void inbound::acknowledge() {
  if (!std::exchange(owes_word_, false) || closing_ || !pipe_.stream()) return;
  wire::received{session_->counts().system_frames()}.encode(pipe_.urgent());
  schedule();
}

}  // namespace troupe::detail
