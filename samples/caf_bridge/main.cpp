// caf_bridge: a troupe service and a program on stock CAF that was there before it, each in its own process. See README.md.
#include <cstdio>
#include <map>
#include <troupe/basp/basp.hpp>
#include <troupe/port/process.hpp>
#include <troupe/troupe.hpp>

#include "messages.hpp"

namespace bridge {

using namespace std::chrono_literals;

/// Asked here, and not by the shop: the port it has opened at.
struct await_shop {
  using reply = std::uint16_t;
};

/// Waits for the shop. It lives apart from the bank, which fails.
class doorman : public troupe::actor<shop_open, await_shop> {
 public:
  void on(const shop_open& m) { shop_.reply(port_ = m.port); }
  troupe::promise<std::uint16_t> on(const await_shop&) {
    shop_ = answer_later<std::uint16_t>();
    if (port_ != 0) shop_.reply(port_);
    return shop_;
  }

 private:
  troupe::promise<std::uint16_t> shop_;
  std::uint16_t port_ = 0;
};

/// The bank. It knows nothing of CAF.
class bank : public troupe::actor<deposit, subscribe, shop_open> {
 public:
  explicit bank(troupe::ref<shop_open> door) : door_(std::move(door)) {}

  std::int64_t on(const deposit& m) {
    if (m.cents < 0) throw std::invalid_argument{"a negative deposit"};  // its supervisor puts it back
    reader_.tell(receipt{m.account, m.cents});
    return cents_[m.account] += m.cents;
  }
  void on(const subscribe& m) { reader_ = m.who; }
  void on(const shop_open& m) { door_.tell(m); }

 private:
  const troupe::ref<shop_open> door_;
  std::map<std::string, std::int64_t> cents_;
  troupe::ref<receipt> reader_;
};

/// Asked here: how the counter has ended.
struct await_end {
  using reply = std::string;
};

/// Watches an actor of the other program as it would one of this.
class neighbour : public troupe::actor<await_end> {
 public:
  explicit neighbour(troupe::ref<price, close_up> counter) : counter_(std::move(counter)) {}
  void on_start() { watch(counter_); }
  troupe::promise<std::string> on(const await_end&) {
    asked_ = answer_later<std::string>();
    if (!end_.empty()) asked_.reply(end_);
    return asked_;
  }
  void on_terminated(const troupe::terminated& news) override {
    end_ = std::string{to_string(news.kind())};
    asked_.reply(end_);
  }

 private:
  const troupe::ref<price, close_up> counter_;
  troupe::promise<std::string> asked_;
  std::string end_;
};

troupe::config_schema schema() {
  troupe::config_schema s{"BRIDGE"};
  s.add(troupe::basp_options::schema());
  s.text("shop.program").def("").help("the CAF program; default: the one beside this");
  s.boolean("shop.killed").def(false).help("kill the shop instead of having it close");
  s.boolean("shop.known").def(true).help("tell CAF of the messages; without that nothing arrives");
  return s;
}

std::string beside(const std::string& program) {
  const auto slash = program.rfind('/');
  return (slash == std::string::npos ? "./" : program.substr(0, slash + 1)) + "caf_bridge_shop";
}

int run(const troupe::config& c, const std::string& own_program) {
  auto peers = troupe::basp_options::from(c);
  if (c.get_bool("shop.known")) peers.types.protocol<bank>().protocol<receipt, price, close_up>();
  troupe::system sys{c, troupe::basp{std::move(peers)}};
  const troupe::ref<doorman> door = troupe::spawn<doorman>(sys, "doorman");
  const auto tree = troupe::supervise(sys, "service", troupe::one_for_one{.intensity = 3},
                                      troupe::child<bank>("bank", troupe::ref<shop_open>{door}));
  const auto our_bank = tree.ref<bank>("bank");

  const auto port = troupe::basp_of(sys).publish(our_bank).get().value();
  const std::string given = c.get_text("shop.program");
  const auto shop = sys.platform()
                        .process()
                        .start({given.empty() ? beside(own_program) : given, {std::to_string(port)}})
                        .value();

  const auto open = door.ask(await_shop{}, 5s).get();
  if (!open) {
    std::printf("caf_bridge: FAILED: the shop has not opened: %s\n", to_string(open.error()).c_str());
    return 1;
  }
  const auto counter = troupe::basp_of(sys).connect<price, close_up>({"127.0.0.1", *open}).value();
  std::printf("bank: tea is %lld at the shop\n",
              static_cast<long long>(counter.ask(price{"tea"}, 10s).get().value()));
  const auto none = counter.ask(price{"caviar"}, 10s).get();
  std::printf("bank: caviar: %s\n", none.has_error() ? none.error().text.c_str() : "there is some");

  const auto seen = troupe::spawn<neighbour>(sys, "neighbour", counter);
  auto end = seen.ask(await_end{}, 10s);
  if (c.get_bool("shop.killed"))
    shop->signal(9).value();
  else
    counter.tell(close_up{});
  const std::string how = end.get().value();
  const auto late = counter.ask(price{"tea"}, 10s).get();
  std::printf("bank: the counter has ended: %s; asked again: %s\n", how.c_str(),
              std::string{to_string(late.error().code)}.c_str());
  const auto left = shop->wait();
  const bool killed = c.get_bool("shop.killed");
  const bool right = killed ? how == "unreachable" && late.error().code == troupe::errc::unreachable
                            : how == "normal" && left.code == 0;
  std::printf(right ? "caf_bridge: each has heard of the other\n"
                    : "caf_bridge: FAILED: it ended otherwise\n");
  return right ? 0 : 1;
}

}  // namespace bridge

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, bridge::schema());
  try {
    return bridge::run(config, argv[0]);
  } catch (const std::exception& e) {
    std::printf("caf_bridge: FAILED: %s\n", e.what());
    return 1;
  }
}
