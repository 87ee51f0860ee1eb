#include "stage.hpp"

#include <future>
#include <troupe/config/quantity.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/messages.hpp>

namespace crash {

using namespace std::chrono_literals;
using troupe::strategy;

namespace {

constexpr const char* help =
    "    kill NAME         it throws an exception\n"
    "    quit NAME         it stops by itself\n"
    "    send NAME COUNT   so many messages, which wait if it is not there\n"
    "    what_if NAME      what its failure would do; does nothing\n"
    "    stop NAME, start NAME   as an administrator: nothing is counted, nobody else is stopped\n"
    "    add NAME          one session more (dynamic)\n"
    "    strategy NAME     one_for_one, one_for_all, rest_for_one from now on; dynamic opens another shop\n"
    "    tree; wait 500ms; again, after the supervisor has given up; end";

std::optional<strategy> strategy_of(const std::string& name) {
  for (const strategy one :
       {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one, strategy::dynamic})
    if (name == to_string(one)) return one;
  return {};
}

std::string text_of(const troupe::child_info& c) {
  return "    " + c.id + " is " + std::string{to_string(c.phase)};
}

}  // namespace

stage::stage(troupe::system& sys, strategy how, shop_settings settings, rhythm time, troupe::ref<line> to)
    : sys_(sys), how_(how), settings_(settings), time_(std::move(time)), to_(std::move(to)) {
  open(how);
}

void stage::open(strategy how) {
  how_ = how;
  shop_.emplace(open_shop(sys_, how, settings_, to_));
  time_.settle();
}

// Answers at once also while a restart is under way: a supervisor never waits for a child (AD1).
template <class M>
auto stage::ask(const M& what) const {
  return shop_->admin().ask(what, 10s).get();
}

bool stage::is_open() const { return !troupe::inspect(sys_.env(), "/user/shop").path.empty(); }

std::string stage::picture() const {
  std::string tree = to_text(troupe::inspect(sys_.env(), "/user/shop"));
  if (tree.empty()) return "    nobody is there any more";
  tree.pop_back();  // lines have an end already
  return tree;
}

bool stage::run(const std::string& typed) {
  std::istringstream words{typed};
  std::string verb, name;
  int count = 1;
  words >> verb >> name >> count;
  if (verb.empty() || verb.front() == '#') {
    if (!verb.empty()) say("\n" + typed);
    return true;
  }
  if (verb == "end") return false;
  if (verb == "help")
    say(help);
  else if (verb == "tree")
    say(picture());
  else if (verb == "kill" || verb == "quit")
    kill_or_quit(verb, name);
  else if (verb == "send")
    send(name, count);
  else if (verb == "wait")
    time_.pass(troupe::duration_from_text(name).value_or(1s));
  else if (verb == "strategy")
    change(name);
  else if (verb == "again")
    is_open() ? say("    the shop is open") : open(how_);
  else if (verb == "what_if" || verb == "stop" || verb == "start" || verb == "add")
    administrate(verb, name);
  else
    say("    there is no '" + verb + "'; `help` lists what there is");
  time_.settle();
  return true;
}

void stage::kill_or_quit(const std::string& verb, const std::string& name) {
  // A named ref: whoever has that name now (L5). Who is not there makes a dead letter, which is told.
  if (verb == "kill")
    shop_->ref<die>(name).tell(die{});
  else
    shop_->ref<leave>(name).tell(leave{});
}

void stage::send(const std::string& name, int count) {
  const auto to = shop_->ref<work>(name);
  for (int i = 0; i < count; ++i) to.tell(work{++sent_});
}

void stage::administrate(const std::string& verb, const std::string& name) {
  const auto tell = [this](const auto& answer, const auto& text) {
    say(answer ? text(*answer) : "    " + to_string(answer.error()));
  };
  if (verb == "what_if")
    return tell(ask(troupe::what_if{name}), [](const troupe::forecast& would) {
      return "    " + would.text.substr(0, would.text.find_last_not_of('\n') + 1);
    });
  if (verb == "stop") return tell(ask(troupe::terminate_child{name}), text_of);
  if (verb == "start") return tell(ask(troupe::restart_child{name}), text_of);
  if (how_ != strategy::dynamic) return say("    only a dynamic shop has sessions: `strategy dynamic`");
  tell(ask(troupe::start_child{session(name, settings_, to_)}), text_of);
}

void stage::change(const std::string& name) {
  const auto wanted = strategy_of(name);
  if (!wanted) return say("    there is no strategy '" + name + "'");
  if (ask(troupe::set_strategy{*wanted})) {
    how_ = *wanted;
    return say("    from the next failure on it is " + name);
  }
  // To or from `dynamic`, or the supervisor is gone: another one.
  shop_->stop();
  const auto gone = std::make_shared<std::promise<void>>();
  shop_->when_ended([gone](const troupe::exit_reason&) { gone->set_value(); });
  gone->get_future().wait();
  open(*wanted);
}

}  // namespace crash
