// caf_bridge_shop BANK_PORT: a program on stock CAF 0.17. It pays into the bank, which is a troupe actor in another process, and publishes its
// counter, which the bank's program finds.
#include <caf/io/all.hpp>
#include <cstdio>
#include <cstdlib>

#include "messages.hpp"

namespace shop {

struct config : caf::actor_system_config {
  config() {
    load<caf::io::middleman>();
    announce(*this);
  }
};

void say(const std::string& line) {
  std::printf("shop: %s\n", line.c_str());
  std::fflush(stdout);
}

caf::behavior counter(caf::event_based_actor* self) {
  return {
      [](const price& m) -> caf::result<std::int64_t> {
        if (m.of != "tea") return caf::make_error(caf::sec::invalid_argument, "no " + m.of + " here");
        return std::int64_t{3};
      },
      [self](const close_up&) { self->quit(); },
  };
}

/// Reads its receipts, and hears of the bank's end.
caf::behavior bookkeeper(caf::event_based_actor* self, const caf::actor& bank) {
  self->set_down_handler([](const caf::down_msg&) { say("the bank has gone"); });
  self->monitor(bank);
  self->send(bank, subscribe{self});
  return {[](const receipt& m) { say("a receipt for " + std::to_string(m.cents)); }};
}

int run(caf::actor_system& sys, std::uint16_t bank_port) {
  const auto bank = sys.middleman().remote_actor("127.0.0.1", bank_port);
  if (!bank) return say("no bank: " + sys.render(bank.error())), 1;
  const auto books = sys.spawn(bookkeeper, *bank);
  caf::scoped_actor self{sys};
  int paid = 0;
  // The second one makes the bank fail; its supervisor puts it back, and this program hears of an error, not of an end.
  for (const std::int64_t cents : {300, -1, 200})
    self->request(*bank, std::chrono::seconds{2}, deposit{"till", cents})
        .receive(
            [&](std::int64_t now) {
              ++paid;
              say("paid in, there are " + std::to_string(now));
            },
            [&](caf::error& e) { say("not paid in: " + sys.render(e)); });
  caf::anon_send_exit(books, caf::exit_reason::user_shutdown);
  if (paid != 2) return 1;
  const auto opened = sys.spawn(counter);
  const auto port = sys.middleman().publish(opened, 0, "127.0.0.1");
  if (!port) return say("no port"), 1;
  self->send(*bank, shop_open{*port});
  self->wait_for(opened);
  say("closed");
  return 0;
}

}  // namespace shop

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: caf_bridge_shop BANK_PORT\n");
    return 2;
  }
  shop::config config;
  caf::actor_system sys{config};
  return shop::run(sys, static_cast<std::uint16_t>(std::atoi(argv[1])));
}
