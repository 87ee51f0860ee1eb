// remote_supervision: a supervisor whose child lives on another node, and moves when that goes. See README.md.
#include <cstdio>
#include <optional>
#include <troupe/children/remote_child.hpp>
#include <troupe/schema/contracts.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/messages.hpp>

#include "shop.hpp"
#include "witness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace shop;

troupe::config_schema schema() {
  troupe::config_schema s{"SHOP"};
  s.duration("shop.patience").def(20s).range(10ms, 1h).help("how long is waited for the till to be put back");
  s.boolean("shop.permitted").def(true).help("whether the other nodes let the office have tills made there");
  s.boolean("shop.second_node").def(true).help("whether the till may stand on n3 too");
  return s;
}

int wrong = 0;
void expect(bool holds, const char* what) {
  if (holds) return;
  ++wrong;
  std::printf("  not so: %s\n", what);
}

troupe::system_options quiet() {
  troupe::system_options o;
  o.log = troupe::log_level::error;
  return o;
}

/// A node that makes tills for others. Each is a process of its own as a rule; here all are in one.
class branch {
 public:
  branch(const char* name, bool permitted) {
    options_.name = name;
    options_.types.add<till>();
    options_.contracts =
        troupe::contracts<till>();  // whoever makes tills of another release is told what would be misread
    if (permitted) options_.spawnable = {"shop.*"};
    open();
    options_.listen = address();  // and again there
  }
  void open() { sys_.emplace(quiet(), troupe::remoting{options_}); }
  void close() { sys_.reset(); }
  troupe::port::endpoint address() { return sys_->find_extension<troupe::remoting>()->listens_on(); }
  std::size_t tills() { return troupe::inspect(sys_->env(), "/user/spawned/office").children.size(); }

 private:
  troupe::node_options options_;
  std::optional<troupe::system> sys_;
};

std::string where(const troupe::supervision& tree) {
  const auto children = tree.admin().ask(troupe::which_children{}, 10s).get();
  return children ? children->at(0).lives_at : to_string(children.error());
}

void sell_for(const troupe::ref<till>& t, std::int64_t cents, std::int64_t expected) {
  const auto in_it = t.ask(sell{cents}, 10s).get();
  std::printf("  sold for %d, in the till: %s\n", static_cast<int>(cents),
              in_it ? std::to_string(*in_it).c_str() : to_string(in_it.error()).c_str());
  expect(in_it && *in_it == expected, "the till has what it should");
}

int run(const troupe::config& c) {
  const auto patience = c.get_duration("shop.patience");
  branch n2{"n2", c.get_bool("shop.permitted")}, n3{"n3", c.get_bool("shop.permitted")};
  troupe::node_options me{.name = "office", .contracts = troupe::contracts<till>()};
  me.peers["n2"] = n2.address();
  me.peers["n3"] = n3.address();
  witness seen{"/user/shop/till"};
  troupe::system office{quiet(), troupe::remoting{me}};
  seen.look_at(office);

  const auto nodes = c.get_bool("shop.second_node") ? troupe::on_nodes({"n2", "n3"}) : troupe::on_node("n2");
  auto tree =
      troupe::supervise(office, "shop", troupe::one_for_one{},
                        troupe::remote_child<till>("till", nodes, 100).backoff({.min = 50ms, .max = 500ms}));
  const auto t = tree.ref<till>("till");  // here, wherever the till is
  std::printf("the till stands at %s\n", where(tree).c_str());
  sell_for(t, 30, 130);

  std::printf("its drawer jams: its supervisor here has it made anew there\n");
  t.tell(jam{});
  expect(seen.wait_for(1, patience), "a till that has failed is put back");
  std::printf("the till stands at %s\n", where(tree).c_str());
  sell_for(t, 5, 105);

  std::printf("n2 goes down\n");
  n2.close();
  expect(seen.wait_for(2, patience), "a till whose node goes down is put elsewhere");
  std::printf("the till stands at %s\n", where(tree).c_str());
  expect(where(tree).starts_with("n3:"), "it stands on the other node");
  sell_for(t, 7, 107);

  std::printf("n2 comes back, and has no till\n");
  n2.open();
  expect(n2.tills() == 0, "there is one till");
  expect(n3.tills() == 1, "there is one till");

  tree.stop();
  office.shutdown();
  expect(n3.tills() == 0, "a till is stopped with its supervisor");
  if (wrong == 0) std::printf("remote_supervision: one till at a time, wherever it stood\n");
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  try {
    const int code = run(config);
    if (code != 0) std::printf("remote_supervision: FAILED: %d expectations\n", wrong);
    return code;
  } catch (const troupe::failed& e) {
    std::printf("remote_supervision: FAILED: %s\n", e.what());
    return 1;
  }
}
