// CAF's pool that broadcasts. Its groups are left out: those of 0.17.6 print every message as unexpected.
#include <caf/actor_system_config.hpp>
#include <caf/all.hpp>

#include "fanout/work.hpp"

namespace bench {
namespace {

using news_atom = caf::atom_constant<caf::atom("news")>;
using has_all_atom = caf::atom_constant<caf::atom("hasall")>;
using begin_atom = caf::atom_constant<caf::atom("begin")>;

caf::behavior member(caf::event_based_actor*, std::uint64_t batch, const caf::actor& publisher) {
  auto at = std::make_shared<work::fanout_member>(batch);
  return {
      [at, publisher](news_atom, std::uint64_t number, double) {
        if (at->took(number)) caf::anon_send(publisher, has_all_atom::value);
      },
  };
}

struct publisher_state {
  caf::actor pool;
};

caf::behavior publisher(caf::stateful_actor<publisher_state>* self, std::uint64_t members,
                        work::fanout_plan plan, finish_line* finish) {
  auto at = std::make_shared<work::fanout_publisher>(members, plan);
  const auto send = [self, at, finish] {
    const bool more = at->next_batch(
        [self](std::uint64_t number) { self->send(self->state.pool, news_atom::value, number, 0.5); });
    if (!more) finish->arrive();
  };
  return {
      [self](const caf::actor& pool) { self->state.pool = pool; },
      [send](begin_atom) { send(); },
      [send, at](has_all_atom) {
        if (at->all_have()) send();
      },
  };
}

template <class Connect>
void fan_out(const settings& s, const std::string& name, Connect connect) {
  auto& config = immortal<caf::actor_system_config>();
  config.set("scheduler.max-threads", static_cast<std::size_t>(s.workers));
  auto& sys = immortal<caf::actor_system>(config);
  for (const std::uint64_t members : work::fanout_members) {
    const work::fanout_plan plan = work::fanout_plan_of(s.size, members);
    finish_line finish;
    const caf::actor from = sys.spawn(publisher, members, plan, &finish);
    caf::anon_send(from, connect(sys, members, plan.batch, from));
    const stopwatch time;
    caf::anon_send(from, begin_atom::value);
    finish.wait();
    report_each(name + "_" + std::to_string(members), time.elapsed(), plan.messages() * members,
                "ns/delivery");
  }
}

void router(const settings& s) {
  fan_out(s, "router",
          [](caf::actor_system& sys, std::uint64_t members, std::uint64_t batch, const caf::actor& from) {
            return caf::actor_pool::make(
                sys.dummy_execution_unit(), members, [&] { return sys.spawn(member, batch, from); },
                caf::actor_pool::broadcast());
          });
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { bench::run_program(argc, argv, {{"router", bench::router}}); }
