// chat_room: a topic, a member who leaves, one who comes late, one who reads slowly. See README.md.
#include <cstdio>
#include <troupe/tree/inspect.hpp>

#include "member.hpp"

namespace {

using namespace std::chrono_literals;
using chat::line;

troupe::config_schema schema() {
  troupe::config_schema s{"CHAT"};
  s.integer("chat.lines").def(500).range(200, 100'000).help("how many lines the bot says");
  s.integer("chat.waiting_max")
      .def(50)
      .range(0, 1'000)
      .help("unread lines above which a member is not sent more; 0: any number");
  s.duration("chat.patience").def(10s).range(10ms, 1h).help("how long is waited for a member to have read");
  s.boolean("chat.retain").def(true).help("whether who comes in gets the last line");
  return s;
}

int wrong = 0;
void expect(bool holds, const char* what) {
  if (holds) return;
  ++wrong;
  std::printf("  not so: %s\n", what);
}

std::int64_t missed_in(const std::vector<line>& read) {
  std::int64_t missed = 0;
  for (std::size_t i = 1; i < read.size(); ++i) missed += read[i].number - read[i - 1].number - 1;
  return missed;
}

bool in_order(const std::vector<line>& read) {
  for (std::size_t i = 1; i < read.size(); ++i)
    if (read[i].number <= read[i - 1].number) return false;
  return true;
}

void print(const char* who, const std::vector<line>& read) {
  const auto shown = [](const line& l) {
    return "'" + std::to_string(l.number) + " " + l.who + " " + l.text + "'";
  };
  std::printf("%-5s read %3zu lines, missed %3d, from %s to %s\n", who, read.size(),
              static_cast<int>(missed_in(read)), read.empty() ? "" : shown(read.front()).c_str(),
              read.empty() ? "" : shown(read.back()).c_str());
  expect(in_order(read), "lines are read in the order in which they were said");
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  const chat::house_rules rules{config.get_bool("chat.retain"),
                                static_cast<std::uint64_t>(config.get_int("chat.waiting_max"))};
  troupe::system sys{config};
  const auto room = troupe::spawn<chat::room>(sys, "room", rules);
  const auto come_in = [&](const char* name, troupe::duration pace) {
    return troupe::spawn<chat::member>(sys, name, name, room, pace);
  };
  const auto read = [patience = config.get_duration("chat.patience")](const troupe::ref<chat::member>& who,
                                                                      std::int64_t number) {
    return who.ask(chat::read_until{number}, patience).get();
  };

  // Two talk, one leaves.
  const auto ada = come_in("ada", 0ms);
  expect(read(ada, 1).has_value(), "ada reads that she has come in");
  const auto bob = come_in("bob", 0ms);
  expect(read(bob, 2).has_value(), "bob reads that he has come in");
  room.tell(chat::say{"ada", "says: hello, bob"});
  const auto goodbye = room.ask(chat::say{"bob", "says: goodbye"}, 10s).get().value();
  const auto bobs = read(bob, goodbye);
  troupe::stop(bob);
  expect(read(ada, goodbye + 1).has_value(), "the room tells that bob has left");

  // One comes late and begins with what was said last.
  const auto cleo = come_in("cleo", 0ms);
  expect(read(cleo, goodbye + 2).has_value(), "cleo reads that she has come in");

  // One reads slowly while a bot says as much as the others can read: after every ten lines it waits for them.
  const auto dora = come_in("dora", 4ms);
  auto last = goodbye + 3;
  expect(read(dora, last).has_value(), "dora reads that she has come in");
  const auto lines = config.get_int("chat.lines");
  for (std::int64_t i = 1; i <= lines; ++i) {
    last = room.ask(chat::say{"bot", "says: " + std::to_string(i)}, 10s).get().value();
    if (i % 10 == 0) expect(read(ada, last) && read(cleo, last), "ada and cleo keep up with the bot");
  }
  last = room.ask(chat::say{"ada", "says: good night"}, 10s).get().value();
  const auto adas = read(ada, last), cleos = read(cleo, last);
  const auto unread = troupe::inspect(sys.env(), "/user/dora").mailbox_depth;
  std::printf("the bot has said %d lines, %d of them wait for dora\n", static_cast<int>(lines),
              static_cast<int>(unread));
  const auto doras = read(dora, last);

  if (adas && bobs && cleos && doras) {
    print("ada", *adas);
    print("bob", *bobs);
    print("cleo", *cleos);
    print("dora", *doras);
    expect(missed_in(*adas) == 0 && missed_in(*cleos) == 0, "who reads as fast as is said misses nothing");
    expect(cleos->front().number == goodbye + 1,
           "who comes late reads first that bob has left: what was said last");
    expect(missed_in(*doras) > 0, "who reads slowly misses lines, and knows how many");
  } else {
    expect(adas.has_value(), "ada reads the last line");
    expect(bobs.has_value(), "bob reads his own last line");
    expect(cleos.has_value(), "cleo reads the last line");
    expect(doras.has_value(), "dora reads the last line");
  }
  expect(unread <= 100, "what waits for a slow reader is bounded");
  std::printf(
      wrong == 0 ? "chat_room: nobody waits for the slow, and nothing piles up\n" : "chat_room: FAILED: %d\n",
      wrong);
  return wrong == 0 ? 0 : 1;
}
