// Links between actors (LK1-LK5): asking for one, giving it up, and what the end of one side does to the other.
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/link_ended.hpp>
#include <utility>

namespace troupe {

namespace {

/// What an actor ends with that was linked to one that ended so. Of a chain each end names the first: the text does not grow on its way.
error why_linked(const link_ended& news) {
  exit_reason how = news.reason();
  if (how.why.type == link_cause) {
    how.why.path.clear();
    return std::move(how.why);
  }
  std::string text = "linked to " + news.path() + ", which ";
  text += how.kind == exit_kind::failed        ? "failed"
          : how.kind == exit_kind::killed      ? "was killed"
          : how.kind == exit_kind::gone        ? "is not there"
          : how.kind == exit_kind::unreachable ? "can't be reached"
                                               : "was stopped";
  if (!how.why.type.empty())
    text += ": " + how.why.type + ": " + how.why.text;
  else if (!how.why.text.empty())
    text += ": " + how.why.text;
  return {how.kind == exit_kind::failed        ? errc::handler_failed
          : how.kind == exit_kind::unreachable ? errc::unreachable
                                               : errc::stopped,
          std::move(text),
          std::string{link_cause},
          {}};
}

}  // namespace

// ---- in the turn of who asks

bool cell::link_with(const address_ptr& other) {
  if (!other) return false;
  const cell_ptr peer = other->here();
  if (peer.get() == this) return true;
  const std::uint64_t number = peer ? peer->number() : other->link_number(*this, true);
  const std::uint32_t id = extras_.made().links.ask(number, peer ? address_ptr{peer} : other);
  if (id == 0) return true;
  if (peer) {
    peer->linked_by(address_ptr{this}, this->number(), id);
  } else if (!other->link_from_outside(*this, number, id, true)) {
    extras_.get()->links.give_up(number);
    return false;
  }
  if (is_killed())
    send_link_ended(*other, {0, id});  // perhaps before it was asked for, where nobody knew of it
  return true;
}

bool cell::part_from(const address_ptr& other) {
  if (!other) return false;
  if (const cell_ptr peer = other->here()) return part_from_number(peer->number());
  bool was = false;
  while (const std::uint64_t number = other->link_number(*this, false)) {
    if (!part_from_number(number)) break;
    was = true;
  }
  extras* const x = extras_.get();
  if (const std::uint64_t waits = x ? x->links.find(*other) : 0)  // it has ended, and the news is on its way
    was |= part_from_number(waits);
  if (!was) other->link_from_outside(*this, 0, 0, false);  // one that it has asked for by itself
  return was;
}

bool cell::part_from_number(std::uint64_t number) {
  extras* const x = extras_.get();
  const auto was = x ? x->links.give_up(number) : std::nullopt;
  if (!was) return false;
  if (const cell_ptr peer = was->other->here())
    peer->link_given_up_by(this->number(), {was->ids.theirs, was->ids.mine});
  else
    was->other->link_from_outside(*this, number, was->ids.mine, false);
  return true;
}

// ---- what the other side has to say

void cell::linked_by(address_ptr other, std::uint64_t number, std::uint32_t id) {
  const auto is_over = [other, id](cell& c) { c.send_link_ended(*other, {id, 0}); };
  run_inside(
      [other, number, id, is_over](cell& c) {
        if (!c.extras_.made().links.asked(number, other, id)) is_over(c);
      },
      is_over);
}

void cell::link_given_up_by(std::uint64_t number, link_ids which) {
  run_inside([number, which](cell& c) {
    if (extras* const x = c.extras_.get()) x->links.given_up(number, which);
  });
}

void cell::link_is_that_of(std::uint64_t number, std::uint64_t known) {
  run_inside([number, known](cell& c) {
    if (extras* const x = c.extras_.get()) x->links.merge(number, known);
  });
}

// ---- an end

void cell::end_links() {
  for (const auto& [number, what] : extras_.get()->links.take())
    send_link_ended(*what.other, {what.ids.theirs, what.ids.mine});
}

void cell::send_link_ended(troupe::address& to, link_ids which) {
  auto e =
      engine::make_envelope<link_ended>(link_ended_type, number(), address_ptr{this}, stop_reason(), which);
  e->counted = false;  // M9
  to.post(std::move(e));
}

// Whether the body is to see it. A class that has nothing to say of it ends with it.
bool cell::take_link_ended(const link_ended& news) {
  extras* const x = extras_.get();
  if (!x || !x->links.end(news)) return false;
  if (settings_.type && settings_.type->wants_link_ends) return true;
  follow(news);
  return false;
}

void cell::follow(const link_ended& news) {
  if (news.kind() == exit_kind::normal) return;
  if (news.kind() == exit_kind::shutdown || news.kind() == exit_kind::killed)
    return request_stop({news.kind(), why_linked(news)});
  // A failure is this one's too, so its supervisor has a say in it. No message is to be run again for it. Nor for one on another node that
  // is gone or can't be reached: this one is neither, it has lost what it can't be without.
  run_inside([why = why_linked(news), born = incarnation()](cell& c) mutable {
    if (c.incarnation() == born && c.status() == cell_status::running) c.fail(std::move(why), nullptr);
  });
}

}  // namespace troupe
