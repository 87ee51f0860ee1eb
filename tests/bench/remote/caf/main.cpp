// remote_caf: the benchmark between two processes in stock CAF 0.17: event-based actors, BASP of its middleman, default settings
// apart from the number of workers.
//
// The far half publishes one actor, which hands the others out. `connections` has no counterpart here (troupe/connections.cpp).
#include <atomic>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <thread>

#include "halves/half.hpp"
#include "halves/pace.hpp"
#include "halves/payload.hpp"
#include "halves/work.hpp"
#include "measure/finish.hpp"
#include "measure/latency.hpp"

namespace bench::remote {
namespace {

// The names of the messages.
using item_atom = caf::atom_constant<caf::atom("item")>;
using echo_atom = caf::atom_constant<caf::atom("echo")>;
using grant_atom = caf::atom_constant<caf::atom("grant")>;
using expect_atom = caf::atom_constant<caf::atom("expect")>;
using reflect_atom = caf::atom_constant<caf::atom("reflect")>;
using begin_atom = caf::atom_constant<caf::atom("begin")>;
using due_atom = caf::atom_constant<caf::atom("due")>;
using last_atom = caf::atom_constant<caf::atom("last")>;
using sink_atom = caf::atom_constant<caf::atom("sink")>;
using mirror_atom = caf::atom_constant<caf::atom("mirror")>;

struct config : caf::actor_system_config {
  explicit config(const settings& s) {
    load<caf::io::middleman>();
    set("scheduler.max-threads", s.workers);
  }
};

caf::actor_system& new_system(const settings& s) { return immortal<caf::actor_system>(immortal<config>(s)); }

// ---- the far half

struct sink_state {
  std::unique_ptr<payload_pattern> pattern;
  std::uint64_t each_grant = 0, count = 0, received = 0;
  caf::actor from;
};

caf::behavior sink(caf::stateful_actor<sink_state>* self, int) {
  return {
      [=](expect_atom, std::uint64_t bytes, std::uint64_t each_grant, std::uint64_t count,
          const caf::actor& from) {
        auto& st = self->state;
        st.pattern = std::make_unique<payload_pattern>(bytes);
        st.each_grant = each_grant;
        st.count = count;
        st.received = 0;
        st.from = from;
        return count;
      },
      [=](item_atom, const std::string& payload) {
        auto& st = self->state;
        expect(st.pattern->read(payload) == st.received, "items out of order");
        ++st.received;
        if (st.received % st.each_grant == 0 || st.received == st.count)
          self->send(st.from, grant_atom::value, st.received);
      },
  };
}

struct mirror_state {
  caf::actor to;
};

caf::behavior mirror(caf::stateful_actor<mirror_state>* self, int) {
  return {
      [=](reflect_atom, const caf::actor& to) {
        self->state.to = to;
        return std::uint64_t{1};
      },
      [=](item_atom, const std::string& payload) { self->send(self->state.to, item_atom::value, payload); },
      [=](echo_atom, const std::string& payload) { return payload; },
  };
}

struct porter_state {
  std::vector<caf::actor> sinks;
  caf::actor reflecting;
};

caf::behavior porter(caf::stateful_actor<porter_state>* self, int) {
  for (std::uint64_t i = 0; i < pairs_max; ++i) self->state.sinks.push_back(self->spawn(sink, 0));
  self->state.reflecting = self->spawn(mirror, 0);
  return {
      [=](sink_atom, std::uint64_t number) { return self->state.sinks.at(number); },
      [=](mirror_atom) { return self->state.reflecting; },
  };
}

void far(const std::string&, const settings& s) {
  auto& sys = new_system(s);
  const auto& published = immortal<caf::actor>(sys.spawn(porter, 0));
  const auto port = caf::io::publish(published, 0, "127.0.0.1");
  expect(static_cast<bool>(port), "the porter is published");
  say(*port);
}

// ---- the near half

// What a plain thread asks of an actor.
template <class T, class... Args>
T asked(caf::actor_system& sys, const caf::actor& whom, const Args&... args) {
  T out{};
  caf::scoped_actor self{sys};
  self->request(whom, ask_timeout, args...)
      .receive([&](T value) { out = std::move(value); },
               [&](const caf::error& e) { expect(false, sys.render(e).c_str()); });
  return out;
}

caf::actor meet(caf::actor_system& sys, far_half& other) {
  const auto port = static_cast<std::uint16_t>(other.hear());
  auto found = caf::io::remote_actor(sys, "127.0.0.1", port);
  expect(static_cast<bool>(found), "the nodes meet");
  return *found;
}

struct source_state {
  std::uint64_t sent = 0, granted = 0;
};

caf::behavior source(caf::stateful_actor<source_state>* self, const caf::actor& to, const flow& f,
                     std::uint64_t count, finish_line* finish) {
  const auto pattern = std::make_shared<payload_pattern>(f.bytes);
  const auto send_more = [=] {
    auto& st = self->state;
    for (; st.sent < count && st.sent - st.granted < f.window; ++st.sent)
      self->send(to, item_atom::value, pattern->make(st.sent));
  };
  return {
      [=](begin_atom) { send_more(); },
      [=](grant_atom, std::uint64_t received) {
        auto& st = self->state;
        expect(received > st.granted && received <= st.sent, "a grant out of turn");
        st.granted = received;
        send_more();
        if (received == count) finish->arrive(received);
      },
  };
}

std::chrono::nanoseconds send_items(caf::actor_system& sys, const caf::actor& door, const flow& f,
                                    std::uint64_t pairs, std::uint64_t count) {
  auto& finish = immortal<finish_line>(pairs);
  const std::uint64_t each = count / pairs;
  std::vector<caf::actor> sources;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    const auto to = asked<caf::actor>(sys, door, sink_atom::value, i);
    sources.push_back(sys.spawn(source, to, f, each, &finish));
    expect(asked<std::uint64_t>(sys, to, expect_atom::value, std::uint64_t{f.bytes}, f.grant, each,
                                sources.back()) == each,
           "the sink's answer");
  }
  const stopwatch time;
  for (const auto& one : sources) caf::anon_send(one, begin_atom::value);
  expect(finish.wait() == each * pairs, "how many have arrived");
  return time.elapsed();
}

std::chrono::nanoseconds time_of(const char* name, const settings& s, const flow& f, std::uint64_t pairs) {
  far_half other{name, s};
  auto& sys = new_system(s);
  return send_items(sys, meet(sys, other), f, pairs, s.size);
}

void one_way(const settings& s, const char* name, const flow& f, std::uint64_t pairs) {
  report_each(name, time_of(name, s, f, pairs), s.size, "ns/message");
}

void bulk(const settings& s, const char* name, const flow& f) {
  const double mebibytes = static_cast<double>(s.size) * static_cast<double>(f.bytes) / (1u << 20);
  report(name, static_cast<double>(time_of(name, s, f, 1).count()) / 1e3 / mebibytes, "us/MiB");
}

struct asker_state {
  std::uint64_t asked = 0;
};

caf::behavior asker(caf::stateful_actor<asker_state>* self, const caf::actor& to, std::uint64_t count,
                    finish_line* finish) {
  const auto pattern = std::make_shared<payload_pattern>(small_bytes);
  return {
      [=](begin_atom) {
        self->request(to, ask_timeout, echo_atom::value, pattern->make(self->state.asked))
            .then([=](const std::string& answer) {
              expect(pattern->read(answer) == self->state.asked, "roundtrip: the answer");
              if (++self->state.asked == count) return finish->arrive(count);
              self->send(self, begin_atom::value);
            });
      },
  };
}

void roundtrip(const settings& s) {
  far_half other{"roundtrip", s};
  auto& sys = new_system(s);
  const auto to = asked<caf::actor>(sys, meet(sys, other), mirror_atom::value);
  auto& finish = immortal<finish_line>();
  const caf::actor from = sys.spawn(asker, to, s.size, &finish);
  const stopwatch time;
  caf::anon_send(from, begin_atom::value);
  expect(finish.wait() == s.size, "roundtrip: the count");
  report("roundtrip", static_cast<double>(time.elapsed().count()) / 1e3 / static_cast<double>(s.size),
         "us/ask");
}

struct prober_state {
  std::uint64_t sent = 0, received = 0;
  bool no_more = false;
};

caf::behavior prober_actor(caf::stateful_actor<prober_state>* self, const caf::actor& to, latencies* times,
                           finish_line* finish) {
  const auto pattern = std::make_shared<payload_pattern>(small_bytes);
  const auto end_if_done = [=] {
    if (self->state.no_more && self->state.received == self->state.sent) finish->arrive(self->state.received);
  };
  return {
      [=](due_atom, std::int64_t at_ns, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
          self->send(to, item_atom::value, pattern->make(static_cast<std::uint64_t>(at_ns)));
        self->state.sent += count;
      },
      [=](item_atom, const std::string& payload) {
        times->add(now_ns() - static_cast<std::int64_t>(pattern->read(payload)));
        ++self->state.received;
        end_if_done();
      },
      [=](last_atom) {
        self->state.no_more = true;
        end_if_done();
      },
  };
}

void mirror_times(caf::actor_system& sys, const caf::actor& door, const char* name, std::uint64_t a_tick,
                  std::chrono::nanoseconds interval, const std::function<bool(std::uint64_t)>& goes_on) {
  auto& finish = immortal<finish_line>();
  auto& times = immortal<latencies>();
  const auto to = asked<caf::actor>(sys, door, mirror_atom::value);
  const caf::actor from = sys.spawn(prober_actor, to, &times, &finish);
  expect(asked<std::uint64_t>(sys, to, reflect_atom::value, from) == 1, "the mirror's answer");
  std::uint64_t sent = 0;
  pace(interval, [&](std::int64_t at_ns) {
    caf::anon_send(from, due_atom::value, at_ns, a_tick);
    sent += a_tick;
    return goes_on(sent);
  });
  caf::anon_send(from, last_atom::value);
  expect(finish.wait() == sent, "how many came back");
  times.report_as(name, tail::with_p999);
}

void latency(const settings& s) {
  far_half other{"latency", s};
  auto& sys = new_system(s);
  mirror_times(sys, meet(sys, other), "latency", burst, burst_interval,
               [&](std::uint64_t sent) { return sent < s.size; });
}

void heartbeat(const settings& s) {
  far_half other{"heartbeat", s};
  auto& sys = new_system(s);
  const caf::actor door = meet(sys, other);
  std::atomic<bool> done{false};
  std::thread large([&] {
    send_items(sys, door, heartbeat_flow, 1, s.size);
    done.store(true);
  });
  mirror_times(sys, door, "heartbeat", 1, heartbeat_interval, [&](std::uint64_t) { return !done.load(); });
  large.join();
}

}  // namespace
}  // namespace bench::remote

int main(int argc, char** argv) {
  using namespace bench;
  using namespace bench::remote;
  run_halves(argc, argv,
             {{"roundtrip", roundtrip},
              {"oneway1", [](const settings& s) { one_way(s, "oneway1", oneway_flow, 1); }},
              {"oneway5", [](const settings& s) { one_way(s, "oneway5", oneway_flow, pairs_max); }},
              {"payload_100b", [](const settings& s) { bulk(s, "payload_100b", payload_100b_flow); }},
              {"payload_1k", [](const settings& s) { bulk(s, "payload_1k", payload_1k_flow); }},
              {"payload_10k", [](const settings& s) { bulk(s, "payload_10k", payload_10k_flow); }},
              {"payload_1m", [](const settings& s) { bulk(s, "payload_1m", payload_1m_flow); }},
              {"payload_60m", [](const settings& s) { bulk(s, "payload_60m", payload_60m_flow); }},
              {"payload_100m", [](const settings& s) { bulk(s, "payload_100m", payload_100m_flow); }},
              {"latency", latency},
              {"heartbeat", heartbeat}},
             far);
}
