// A group that broadcasts, and a topic.
#include <troupe/pattern/group.hpp>
#include <troupe/pattern/topic.hpp>
#include <troupe/troupe.hpp>

#include "fanout/work.hpp"

namespace bench {
namespace {

struct news {
  std::uint64_t number;
  double price;
};
struct has_all {};
struct begin {};

class member : public troupe::actor<news> {
 public:
  member(std::uint64_t batch, troupe::ref<has_all> publisher)
      : at_(batch), publisher_(std::move(publisher)) {}
  void on(const news& m) {
    if (at_.took(m.number)) publisher_.tell(has_all{});
  }

 private:
  work::fanout_member at_;
  troupe::ref<has_all> publisher_;
};

class publisher : public troupe::actor<begin, has_all, troupe::ref<news>> {
 public:
  publisher(std::uint64_t members, work::fanout_plan plan, finish_line* finish)
      : at_(members, plan), finish_(finish) {}
  void on(const troupe::ref<news>& to) { to_ = to; }
  void on(const begin&) { send(); }
  void on(const has_all&) {
    if (at_.all_have()) send();
  }

 private:
  void send() {
    if (!at_.next_batch([this](std::uint64_t number) { to_.tell(news{number, 0.5}); })) finish_->arrive();
  }

  work::fanout_publisher at_;
  finish_line* finish_;
  troupe::ref<news> to_;
};

template <class Connect>
void fan_out(const settings& s, const std::string& name, Connect connect) {
  troupe::system_options options;
  options.workers = s.workers;
  auto& sys = immortal<troupe::system>(options);
  for (const std::uint64_t members : work::fanout_members) {
    const work::fanout_plan plan = work::fanout_plan_of(s.size, members);
    finish_line finish;
    const std::string id = std::to_string(members);
    const auto from = troupe::spawn<publisher>(sys, "publisher-" + id, members, plan, &finish);
    std::vector<troupe::ref<news>> to;
    for (std::uint64_t i = 0; i < members; ++i)
      to.push_back(troupe::spawn<member>(sys, "member-" + id + "-" + std::to_string(i), plan.batch,
                                         troupe::ref<has_all>(from)));
    from.tell(connect(sys, id, to));
    const stopwatch time;
    from.tell(begin{});
    finish.wait();
    report_each(name + "_" + id, time.elapsed(), plan.messages() * members, "ns/delivery");
  }
}

void router(const settings& s) {
  fan_out(s, "router", [](troupe::system& sys, const std::string& id, const auto& members) {
    return troupe::ref<news>(troupe::spawn_group(sys, {.name = "group-" + id}, troupe::broadcast{}, members));
  });
}

void topic(const settings& s) {
  fan_out(s, "topic", [](troupe::system& sys, const std::string& id, const auto& members) {
    const auto made = troupe::spawn_topic<news>(sys, {.name = "topic-" + id});
    for (const auto& m : members) made.subscribe(m);
    return troupe::ref<news>(made);
  });
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::run_program(argc, argv, {{"router", bench::router}, {"topic", bench::topic}});
}
