#include <troupe/actor/offer_queued.hpp>
#include <troupe/actor/offering.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/offers.hpp>
#include <troupe/cell/sending.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <utility>
#include <variant>

namespace troupe {

offering::offering(boost::intrusive_ptr<detail::cell_slot> slot, offer_ptr what, cell_ptr where) noexcept
    : slot_(std::move(slot)), what_(std::move(what)), where_(std::move(where)) {}

offering::offering(offering&&) noexcept = default;

offering::~offering() {
  if (!slot_) return;
  slot_->let_go();
  if (where_) where_->withdraw(*what_);
  slot_->abandon({errc::cancelled, "the sender gave up"});
}

result<void> offering::await_resume() {
  slot_->wait_ends();
  engine::outcome what = std::exchange(slot_, nullptr)->take();
  if (auto* const why = std::get_if<error>(&what)) {
    // It may wait there still, if it failed because nobody would ever make room for it (M7).
    if (where_) where_->withdraw(*what_);
    return std::move(*why);
  }
  return {};
}

namespace detail {

namespace {

// To an actor of another node (OG4).
offering start_far_offer(cell& owner, address& to, engine::envelope_ptr e) {
  boost::intrusive_ptr<cell_slot> slot{new cell_slot{message_type_of<offer_queued>, owner}};
  if (auto no = ready_to_send(to, e)) {
    slot->fail(std::move(*no));
  } else {
    e->reply = slot;
    to.post(std::move(e));
  }
  return {std::move(slot), {}, {}};
}

}  // namespace

offering start_offer(cell& owner, const address_ptr& to, engine::envelope_ptr e) {
  const address_ptr at = to ? to->offered(e) : address_ptr{};
  if (at && at->is_elsewhere()) return start_far_offer(owner, *at, std::move(e));
  boost::intrusive_ptr<cell_slot> slot{new cell_slot{message_type_of<unit>, owner}};
  const cell_ptr where = at ? at->here() : cell_ptr{};
  if (!where) {
    slot->fail({errc::stopped,
                to ? "there is no actor to offer it to" : "an empty ref was offered a message",
                {},
                to ? to->path() : std::string{}});
    return {std::move(slot), {}, {}};
  }
  if (auto no = ready_to_send(*to, e)) {
    slot->fail(std::move(*no));
    return {std::move(slot), {}, {}};
  }
  const offer_ptr what{
      new offer_under_way{std::move(e), slot, engine::make_envelope<unit>(message_type_of<unit>)}};
  where->offer(what);
  return {std::move(slot), what, where};
}

}  // namespace detail
}  // namespace troupe
