#include <algorithm>
#include <troupe/pattern/group.hpp>

namespace troupe::detail {
namespace {

/// Whether `m` is who `who` is a ref to. Refs are compared, not addresses: each name that is looked up, and each ref that comes from
/// another node, is an address of its own.
bool is_member(const member_ptr& m, const any_ref& who) { return any_ref{address_ptr{&m->to()}} == who; }

std::vector<member_ptr> members_of(const std::vector<any_ref>& refs) {
  std::vector<member_ptr> out;
  for (const any_ref& r : refs) {
    if (!r) throw failed{{errc::invalid, "a group's member is an empty ref"}};
    const auto same = [&r](const member_ptr& m) { return is_member(m, r); };
    if (std::none_of(out.begin(), out.end(), same)) out.emplace_back(new route_member{r.address(), r.path()});
  }
  return out;
}

/// The group's side of GR1, GR2.
class group_body final : public body {
 public:
  group_body(router_ptr router, std::vector<member_ptr> first)
      : self_(*cell::current()), router_(std::move(router)), first_(std::move(first)) {}
  ~group_body() override { router_->publish({}); }

  bool start_body() override {
    for (member_ptr& m : first_) join(std::move(m));
    first_.clear();
    return true;
  }

  void receive(delivery& d) override {
    if (d->type != &terminated_type) return router_->post(d.keep());
    const std::uint64_t number = d->as<terminated>().number();
    if (std::erase_if(members_, [number](const watched_member& m) { return m.number == number; }) != 0)
      publish();
  }

  void change(const any_ref& who, bool yes) {
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&who](const watched_member& m) { return is_member(m.member, who); });
    if (yes == (at != members_.end())) return;
    if (yes) {
      join(member_ptr{new route_member{who.address(), who.path()}});
    } else {
      const std::uint64_t number = at->number;
      members_.erase(at);
      // Another ref to the same actor may still be a member.
      const bool still = std::any_of(members_.begin(), members_.end(),
                                     [number](const watched_member& m) { return m.number == number; });
      if (number != 0 && !still) self_.unwatch(who.address(), number);
    }
    publish();
  }

 private:
  struct watched_member {
    member_ptr member;
    std::uint64_t number;  // 0: not watched
  };

  void join(member_ptr m) {
    const std::uint64_t number = self_.watch(address_ptr{&m->to()});
    members_.push_back({std::move(m), number});
  }

  void publish() {
    std::vector<member_ptr> all;
    all.reserve(members_.size());
    for (const auto& m : members_) all.push_back(m.member);
    router_->publish(std::move(all));
  }

  cell& self_;
  const router_ptr router_;
  std::vector<member_ptr> first_;  // published already, not watched yet
  std::vector<watched_member> members_;
};

}  // namespace

router_ptr start_group(environment& env, const cell_ptr& parent, std::string name,
                       std::vector<any_ref> members, const actor_class& accepts, route_policy_ptr how) {
  std::vector<member_ptr> first = members_of(members);
  const router_ptr router{new router_address{env, std::move(how)}};
  // Published before the cell runs: from then on only its turns publish (MS2).
  router->publish(first);
  cell_props props;
  props.name = std::move(name);
  props.type = &accepts;
  props.how = recipe_of<group_body>(router, std::move(first));
  router->managed_by(cell::spawn(env, parent, std::move(props)).value());
  return router;
}

address& group_behind(const any_ref& group) {
  if (!group)
    throw failed{
        {errc::not_found, "an empty router_group has no members: change those of one that spawn_group gave"}};
  return *group.address();
}

void change_group(address& router, any_ref who, bool join) {
  if (!who) throw failed{{errc::invalid, "group " + router.path() + ": an empty ref can't be a member"}};
  router.here()->run_inside([who = std::move(who), join](cell& c) {
    if (c.status() == cell_status::running) static_cast<group_body*>(c.body())->change(who, join);
  });
}

}  // namespace troupe::detail
