#include <troupe/contract/message_type_of.hpp>
#include <troupe/pattern/member_set.hpp>

namespace troupe::detail {

route_member::~route_member() {
  if (!manager_) return;
  const cell_ptr who = to_->here();
  if (!who) return;
  // When the manager is gone its children are stopped anyhow.
  manager_->run_inside([who](cell&) { drain(*who); });
}

namespace {

hash_ring ring_of(const std::vector<member_ptr>& all, std::uint32_t points) {
  if (points == 0) return {};
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& m : all) names.push_back(m->name());
  return {names, points};
}

}  // namespace

member_set::member_set(std::vector<member_ptr> all, std::uint32_t points)
    : all_(std::move(all)), ring_(ring_of(all_, points)) {}

void drain(cell& member) {
  // Senders have let go of the member, but their handlers may not be over yet (OB1): what they keep comes first.
  engine::worker::send_kept();
  member.env().scheduler().settle(member);
  member.env().dispatchers().settle(member);
  auto last = engine::make_envelope<member_drained>(message_type_of<member_drained>);
  last->counted = false;  // a bounded mailbox takes it, full or not (M9)
  member.post(std::move(last));
  engine::worker::send_kept();
}

}  // namespace troupe::detail
