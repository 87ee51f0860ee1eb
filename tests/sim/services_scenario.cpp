// Clerks come and go on three nodes that share their services, while nodes crash, are cut off and come back: once the nodes can talk again every
// node lists every clerk that there is, in one order, and nobody else; all of them answer, and who listens has heard the same.
#include <map>
#include <set>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/services/shared_services.hpp>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace sharing {

using namespace troupe;

struct number_of {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(number_of, "sim.services.number_of", 1)
struct act {};
struct finish {};

const std::vector<std::string> service_names{"sim.bank", "sim.post", "sim.shop"};

using key = service_key<number_of>;
using listings = std::map<std::string, std::vector<ref<number_of>>>;

/// The clerks that there are, outside of the simulation: by their numbers, those that are enlisted.
using clerk_book = std::map<std::uint64_t, bool>;

class clerk : public actor<number_of, act, finish> {
 public:
  clerk(std::string service, std::uint64_t number, std::shared_ptr<clerk_book> book)
      : service_(std::move(service)), number_(number), book_(std::move(book)) {}
  ~clerk() override { book_->erase(number_); }
  void on_start() { turn(); }
  std::uint64_t on(const number_of&) { return number_; }
  void on(const act&) { turn(); }
  void on(const finish&) { stop_self(); }

 private:
  // Enlists itself, or delists.
  void turn() {
    bool& is_in = (*book_)[number_];
    is_in = !is_in;
    if (is_in)
      receptionist_here().enlist(key{service_}, self());
    else
      receptionist_here().delist(key{service_}, self());
  }

  const std::string service_;
  const std::uint64_t number_;
  const std::shared_ptr<clerk_book> book_;
};

/// Has clerks come, go, and change their minds; hears all listings.
class manager : public actor<act, listing<number_of>> {
 public:
  manager(std::shared_ptr<clerk_book> book, std::shared_ptr<std::uint64_t> made,
          std::shared_ptr<listings> heard)
      : book_(std::move(book)), made_(std::move(made)), heard_(std::move(heard)) {}
  void on_start() {
    random_ = prng{ports().entropy().next()};
    for (const std::string& name : service_names)
      receptionist_here().listen(key{name}, ref<listing<number_of>>{self()});
  }
  void on(const act&) {
    if (clerks_.empty() || (clerks_.size() < clerks_max && random_.below(2) == 0)) {
      clerks_.push_back(spawn<clerk>(service_names[random_.below(service_names.size())], ++*made_, book_));
      return;
    }
    const auto at = clerks_.begin() + static_cast<std::ptrdiff_t>(random_.below(clerks_.size()));
    if (random_.below(3) == 0) {
      at->tell(act{});
      return;
    }
    at->tell(finish{});
    clerks_.erase(at);
  }
  void on(const listing<number_of>& m) { (*heard_)[m.name] = m.all; }

 private:
  static constexpr std::size_t clerks_max = 12;
  std::shared_ptr<clerk_book> book_;
  std::shared_ptr<std::uint64_t> made_;
  std::shared_ptr<listings> heard_;
  std::vector<ref<clerk>> clerks_;
  prng random_{0};
};

/// Loses what a receptionist is to hear of other nodes, now and then (mutant `lost_news`).
class forgetful final : public interceptor {
 public:
  std::optional<error> before_receive(const message_view& m) override {
    if (&m.type() != &message_type_of<offers_elsewhere> || ++seen_ % 7 != 0) return {};
    return error{errc::refused, "lost on purpose"};
  }

 private:
  unsigned seen_ = 0;
};

std::vector<std::string> paths(const std::vector<ref<number_of>>& all, const std::string& node = {}) {
  std::vector<std::string> out;
  for (const auto& r : all) out.push_back((node.empty() ? "" : node + ":") + r.path());
  return out;
}

std::string in_words(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out += " " + one;
  return out;
}

void compare(cluster& c, const std::vector<std::string>& nodes, const clerk_book& book,
             std::map<std::string, std::shared_ptr<listings>>& heard) {
  std::map<std::string, listings> found;  // by node
  for (const std::string& on : nodes)
    for (const std::string& name : service_names)
      found[on][name] = receptionist_of(c.at(on)).find_now(key{name}, seconds{1}).value();
  std::set<std::uint64_t> there, answering;
  for (const auto& [number, is_in] : book)
    if (is_in) there.insert(number);
  for (const std::string& on : nodes)
    for (const std::string& name : service_names) {
      std::vector<std::string> expected;
      std::map<std::string, std::vector<ref<number_of>>> own;
      for (const std::string& of : nodes)
        for (const auto& r : found[of][name])
          if (!r.address()->is_elsewhere()) own[of].push_back(r);
      expected = paths(own[on]);
      for (const std::string& of : nodes)
        if (of != on)
          for (const std::string& path : paths(own[of], of)) expected.push_back(path);
      const auto listed = paths(found[on][name]);
      c.expect(listed == expected,
               on + " lists as " + name + ":" + in_words(listed) + "; there are" + in_words(expected));
      c.expect(paths((*heard[on])[name]) == listed,
               "who listens on " + on + " has heard what is found there");
      for (const auto& r : found[on][name]) {
        const auto number = r.ask(number_of{}, seconds{5}).get();
        c.expect(number.has_value(), r.path() + " is listed on " + on + " and answers");
        if (number) answering.insert(*number);
      }
    }
  c.expect(answering == there, "the clerks that are listed are those that are enlisted");
}

void run(cluster& c, mutant planted) {
  const std::vector<std::string> all{"n1", "n2", "n3"};
  auto book = std::make_shared<clerk_book>();
  auto made = std::make_shared<std::uint64_t>(0);
  std::map<std::string, std::shared_ptr<listings>> heard;
  for (const std::string& name : all) {
    heard[name] = std::make_shared<listings>();
    c.add(
        name,
        [=, h = heard[name]](troupe::system& sys) -> std::shared_ptr<void> {
          h->clear();
          spawn<manager>(sys, "manager", book, made, h);
          return {};
        },
        [=](system_options& s, node_options& n) {
          n.down_after = milliseconds{2500};
          n.services = {"sim.*"};
          if (planted == mutant::lost_news) s.interceptors.push_back(std::make_shared<forgetful>());
        });
  }
  c.start();
  for (int n = 0; n < 400; ++n) {
    const std::string& name = all[static_cast<std::size_t>(n) % all.size()];
    if (c.is_up(name)) c.find<act>(name, name, "/user/manager").tell(act{});
    c.run_for(milliseconds{20});
  }
  c.run_past_faults();
  c.run_for(seconds{30});  // longer than it takes to declare somebody down, and to meet again
  compare(c, all, *book, heard);
}

}  // namespace sharing

troupe::scenario shared_services(mutant planted) {
  return [planted](troupe::cluster& c) { sharing::run(c, planted); };
}

}  // namespace simulations
