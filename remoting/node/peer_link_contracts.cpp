// What a link does between the peer's welcome and its first message, where both say which contracts they have (PL15).
#include <memory>
#include <troupe/contract/pack.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/contract_bodies.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe::detail {

namespace {

/// Messages that are told of one by one.
constexpr std::size_t told_max = 32;

void tell(environment& env, const std::string& peer, const agreement& found) {
  std::size_t told = 0;
  for (const auto& [hash, bad] : found.misread) {
    event news{event_kind::contracts_differ, env.now(), peer, bad.name};
    if (++told == told_max && found.misread.size() > told_max) {
      news.message.clear();
      news.reason = std::to_string(found.misread.size() - told_max + 1) + " messages more are misread";
    } else {
      news.reason = wire::one_line(to_line(bad));
    }
    news.action = "it is not sent, nor asked for";
    env.events().publish(news);
    if (told == told_max) break;
  }
  if (found.differ > 0)
    env.events().log(
        log_level::info, peer,
        std::to_string(found.differ) + " types differ from those of this node, in ways that both can read");
}

}  // namespace

bool peer_link::compares(const wire::welcome& theirs) const noexcept {
  return (theirs.capabilities & wire::can_compare) != 0 && !options_.contracts.messages.empty();
}

// PL21
void peer_link::warn_of_none(const wire::hello& theirs, later& after) {
  if ((theirs.capabilities & wire::can_compare) == 0 || !options_.contracts.messages.empty()) return;
  if (std::exchange(warned_of_none_, true)) return;
  after.push_back([self = peer_link_ptr{this}] {
    self->env_->events().log(log_level::warning, self->peer_,
                             "says which contracts it has, and node " + self->options_.name +
                                 " does not, so nobody compares them; set node_options::contracts = "
                                 "troupe::contracts<Actors...>() there too");
  });
}

const misread_message* peer_link::misread(const message_type& type) const noexcept {
  if (!agreement_) return nullptr;
  const auto at = agreement_->misread.find(type.hash);
  return at == agreement_->misread.end() ? nullptr : &at->second;
}

// The welcome that was held back is taken for what it is. Under the lock.
void peer_link::welcome_held(later& after) {
  wire::welcome theirs = *std::exchange(held_welcome_, std::nullopt);
  const bool goes_on = outgoing_.goes_on(theirs.system_frames, theirs.messages);
  apply(link_event::welcomed{state_.attempt(), std::move(theirs), goes_on}, after);
}

// Under the lock.
void peer_link::contracts_frame(const wire::frame& f, later& after) {
  const std::uint64_t attempt = state_.attempt();
  const auto broken = [&](std::string why) {
    apply(link_event::stream_ended{attempt, std::move(why)}, after);
  };
  if (!held_welcome_ || (f.kind == wire::frame_kind::contract_list) != contracts_wanted_)
    return broken("a " + std::string{to_string(f.kind)} + " came that was not waited for");
  if (f.kind == wire::frame_kind::contracts) {
    const auto body = wire::contracts::decode(f.body);
    if (!body) return broken(body.error().text);
    if (body->digest == 0 || body->digest == digest_of(options_.contracts)) {
      agreement_ = nullptr;
      return welcome_held(after);
    }
    contracts_wanted_ = true;
    wire::contracts_wanted{}.encode(pipe_.urgent());
    return schedule();
  }
  const auto body = wire::contract_list::decode(f.body);
  if (!body) return broken(body.error().text);
  if (body->set.size() > contract_set_bytes_max)
    return broken("contracts of " + std::to_string(body->set.size()) + " bytes, more than " +
                  std::to_string(contract_set_bytes_max));
  contracts_wanted_ = false;
  after.push_back(
      [self = peer_link_ptr{this}, attempt, set = body->set] { self->compare_contracts(attempt, set); });
}

void peer_link::compare_contracts(std::uint64_t attempt, std::string_view set) {
  const auto theirs = troupe::unpack<schema::contract_set>(set);
  if (!theirs) return happened(link_event::stream_ended{attempt, theirs.error().text});
  const auto found = std::make_shared<const agreement>(agree(options_.contracts, *theirs));
  later after;
  bool is_news = false;
  {
    const std::lock_guard hold{mutex_};
    if (state_.attempt() != attempt || !held_welcome_) return;
    is_news = std::exchange(compared_run_, held_welcome_->incarnation) != held_welcome_->incarnation;
    agreement_ = found;
    welcome_held(after);
  }
  if (is_news) tell(*env_, peer_, *found);
  for (auto& f : after) f();
}

}  // namespace troupe::detail
