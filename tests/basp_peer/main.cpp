// basp_peer: a program on stock CAF 0.17 for the tests of remoting/basp. It is not linked to troupe.
//
//   basp_peer serve [HEARTBEAT]    publishes a teller, says its port, and ends when that does; HEARTBEAT in milliseconds
//   basp_peer visit PORT COUNT     finds the teller of a troupe program, asks it COUNT times, watches it, and says how it ended
//   basp_peer press PORT           sends and asks a teller without end
#include <cstdio>
#include <cstdlib>
#include <string>

#include "basp_peer/plain.hpp"

namespace {

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

caf::actor find(caf::actor_system& sys, const char* port) {
  auto found = sys.middleman().remote_actor("127.0.0.1", static_cast<std::uint16_t>(std::atoi(port)));
  if (!found) {
    say("not found: " + sys.render(found.error()));
    std::exit(1);
  }
  return *found;
}

int serve(caf::actor_system& sys) {
  const auto served = sys.spawn(plain::teller);
  const auto port = sys.middleman().publish(served, 0, "127.0.0.1");
  if (!port) return 1;
  say("port " + std::to_string(*port) + ".");
  sys.await_all_actors_done();
  return 0;
}

int visit(caf::actor_system& sys, const char* port, int count) {
  const auto teller = find(sys, port);
  caf::scoped_actor self{sys};
  self->monitor(teller);
  std::int64_t total = 0;
  for (int i = 0; i < count; ++i)
    self->request(teller, std::chrono::seconds{20}, plain::deposit{"ada", 1})
        .receive([&](std::int64_t n) { total = n; }, [&](caf::error& e) { say("error " + sys.render(e)); });
  say("total " + std::to_string(total));
  self->receive([&](const caf::down_msg& m) { say("down " + caf::to_string(m.reason)); });
  return 0;
}

caf::behavior pressing(caf::event_based_actor* self, const caf::actor& to) {
  self->send(self, 1);
  return {[=](int) {
    self->send(to, plain::news{"again"});
    self->request(to, std::chrono::seconds{20}, plain::deposit{"ada", 1})
        .then([=](std::int64_t) { self->send(self, 1); }, [=](const caf::error&) { self->quit(); });
  }};
}

int press(caf::actor_system& sys, const char* port) {
  const auto to = find(sys, port);
  for (int i = 0; i < 8; ++i) sys.spawn(pressing, to);
  say("presses");
  sys.await_all_actors_done();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const bool beats = what == "serve" && argc > 2;
  plain::config config{"", std::chrono::milliseconds{beats ? std::atoi(argv[2]) : 0}};
  caf::actor_system sys{config};
  if (what == "serve") return serve(sys);
  if (what == "visit" && argc > 3) return visit(sys, argv[2], std::atoi(argv[3]));
  if (what == "press" && argc > 2) return press(sys, argv[2]);
  std::fprintf(stderr, "usage: basp_peer serve [HEARTBEAT] | visit PORT COUNT | press PORT\n");
  return 2;
}
