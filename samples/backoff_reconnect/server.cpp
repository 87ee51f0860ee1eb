#include "server.hpp"

#include <troupe/tree/messages.hpp>

namespace market {

using namespace std::chrono_literals;

namespace {

troupe::supervision open(troupe::system& sys, const troupe::io::held_port& port) {
  const troupe::dynamic_children<session> sessions{sys.env(), "/user/exchange/server/sessions"};
  const troupe::io::accept_function welcome{
      [sessions](std::unique_ptr<troupe::port::stream> stream) { sessions.start(std::move(stream)); }};
  return troupe::supervise(
      sys, "exchange", troupe::one_for_one{},
      troupe::child_supervisor("server", troupe::one_for_all{},
                               troupe::child_supervisor("sessions", troupe::dynamic{}),
                               troupe::child<troupe::io::listener>("door", port, welcome)));
}

}  // namespace

void session::on_bytes(std::string_view bytes) {
  for (const char c : bytes) {
    if (c != '\n' && line_.size() < 32) {
      line_ += c;
      continue;
    }
    // What a thing costs is its letters: an exchange for a sample.
    int price = 0;
    for (const char letter : line_) price += letter - 'A' + 1;
    send(line_ + " " + std::to_string(price) + "\n");
    line_.clear();
  }
  done_with(bytes.size());
  grant(bytes.size());
}

server::server(troupe::system& sys) : port_(sys.env(), {"127.0.0.1", 0}), tree_(open(sys, port_)) {}

void server::off() { tree_.admin().ask(troupe::terminate_child{"server"}, 10s).get().value(); }

void server::on() { tree_.admin().ask(troupe::restart_child{"server"}, 10s).get().value(); }

}  // namespace market
