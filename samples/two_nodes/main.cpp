// two_nodes: hello between two processes. See README.md.
#include <cstdio>
#include <troupe/schema/contracts.hpp>

#include "actors.hpp"

namespace {

using namespace std::chrono_literals;
using namespace two_nodes;

troupe::config_schema schema() {
  troupe::config_schema s{"TWO_NODES"};
  s.choice("two.role", {"hall", "kitchen"})
      .def("hall")
      .help("which process this is; the hall starts the kitchen");
  s.integer("two.hall_port").def(0).range(0, 65535).help("of the kitchen: where the hall listens");
  s.text("two.dish").def("soup").help("what is ordered");
  s.text("two.kitchen").def("").help("of the hall: the program it starts as the kitchen; this one if empty");
  s.duration("two.patience").def(20s).range(10ms, 1h).help("how long the hall waits for the kitchen");
  return s;
}

troupe::system_options quiet() {
  troupe::system_options o;
  o.log = troupe::log_level::error;
  return o;
}

// What either says, so that processes of two releases know what they would misread.
troupe::schema::contract_set spoken() { return troupe::contracts<kitchen, hall>(); }

int kitchen_process(const troupe::config& c) {
  troupe::node_options me{.name = "kitchen", .contracts = spoken()};
  me.peers["hall"] = {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(c.get_int("two.hall_port"))};
  troupe::system sys{quiet(), troupe::remoting{me}};
  troupe::spawn<kitchen>(sys, "kitchen", troupe::node(sys, "hall").ref<open_for_orders>("/user/hall"), &sys);
  return sys.run_until_signal();
}

int hall_process(const troupe::config& c, const char* program) {
  // Nobody is known here: who says hello says where he can be dialled.
  troupe::node_options me{.name = "hall", .contracts = spoken()};
  me.public_paths = {"/user/hall"};  // the kitchen asks for it by its path; it is given away by a ref itself
  troupe::system sys{quiet(), troupe::remoting{me}};
  const auto own = troupe::spawn<hall>(sys, "hall");
  const auto port = sys.find_extension<troupe::remoting>()->listens_on().port;
  // Ends with this object, whatever it does then.
  const auto given = c.get_text("two.kitchen");
  const auto other = sys.platform().process().start(
      {given.empty() ? program : given, {"--two.role", "kitchen", "--two.hall_port", std::to_string(port)}});
  if (!other) {
    std::printf("two_nodes: the kitchen can't be started: %s\n", to_string(other.error()).c_str());
    return 1;
  }
  const auto cook = own.ask(find_kitchen{}, c.get_duration("two.patience")).get();
  if (!cook) {
    std::printf("two_nodes: FAILED: the kitchen has not opened: %s\n", to_string(cook.error()).c_str());
    return 1;
  }
  std::printf("the kitchen is %s\n", cook->path().substr(cook->path().find(':') + 1).c_str());
  const auto dish = cook->ask(order{c.get_text("two.dish")}, c.get_duration("two.patience")).get();
  std::printf("two_nodes: %s\n", dish ? dish->c_str() : ("FAILED: " + to_string(dish.error())).c_str());
  return dish ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  return config.get_text("two.role") == "kitchen" ? kitchen_process(config) : hall_process(config, argv[0]);
}
