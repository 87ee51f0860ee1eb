// The kv sample on simulated nodes. On each node a few clients write and read a few keys, one operation at a time each, through crashes and
// cuts; what they saw of each key must be linearizable, and with that no acknowledged write is lost.
#include <map>
#include <troupe/troupe.hpp>

#include "kv/service/node.hpp"
#include "sim/linearizable.hpp"
#include "sim/scenarios.hpp"

namespace simulations {

namespace {

using namespace troupe;

constexpr unsigned clients_per_node = 2;
constexpr unsigned keys = 4;
constexpr duration request_timeout = seconds{1};

/// What all clients saw. It belongs to the test: no crash takes it.
struct book {
  std::map<std::string, std::vector<operation>> by_key;
  std::uint64_t last_value = 0;
  std::uint64_t answered = 0;
  bool over = false;
};

struct nothing {};  // a client is asked nothing: it works by itself

/// Writes and reads until the book says it is over.
class client : public actor<nothing> {
 public:
  client(std::shared_ptr<const kv::service> shared, std::shared_ptr<book> to, std::string name,
         sim::world* in)
      : shared_(std::move(shared)), book_(std::move(to)), name_(std::move(name)), world_(in), random_(0) {}

  void on_start() {
    random_ = prng{ports().entropy().next()};
    launch(work());
  }
  void on(const nothing&) {}

 private:
  task<void> work() {
    while (!book_->over) {
      co_await sleep(microseconds{1'000 + random_.below(200'000)});
      const std::string key = "key" + std::to_string(random_.below(keys));
      const ref<kv::shard> at = shared_->keys.at(kv::keyspace::shard_of(key));
      if (random_.below(2) == 0)
        co_await read(key, at);
      else
        co_await write(key, at);
    }
  }

  task<void> read(std::string key, ref<kv::shard> at) {
    operation op{.what = operation::kind::read, .called = world_->now(), .who = name_};
    const auto got = co_await ask<kv::get>(at, request_timeout, key);
    if (!got) co_return;  // it says nothing
    op.value = *got ? std::stoull(**got) : 0;
    op.answered = world_->now();
    book_->by_key[key].push_back(op);
    ++book_->answered;
  }

  task<void> write(std::string key, ref<kv::shard> at) {
    const std::uint64_t value = ++book_->last_value;
    auto& history = book_->by_key[key];
    const std::size_t place = history.size();
    history.push_back(
        {.what = operation::kind::write, .value = value, .called = world_->now(), .who = name_});
    std::string text = std::to_string(value);
    const auto done = co_await ask<kv::set>(at, request_timeout, key, text);
    // Without an answer it may have happened, or may yet (LZ1).
    if (!done) co_return;
    book_->by_key[key][place].answered = world_->now();
    ++book_->answered;
  }

  std::shared_ptr<const kv::service> shared_;
  std::shared_ptr<book> book_;
  std::string name_;
  sim::world* world_;
  prng random_;
};

void run(cluster& c, unsigned nodes, mutant planted) {
  const auto seen = std::make_shared<book>();
  const std::shared_ptr<std::map<std::string, node_options>> options =
      std::make_shared<std::map<std::string, node_options>>();
  for (unsigned i = 1; i <= nodes; ++i) {
    const std::string name = "n" + std::to_string(i);
    const auto start = [&c, seen, name, i, planted, options](troupe::system& sys) -> std::shared_ptr<void> {
      kv::settings how;
      how.listen.port = static_cast<std::uint16_t>(6380 + i);
      how.directory = "/data/" + name;
      if (planted == mutant::unsynced_write) how.durable = sqlite::durability::normal;
      const auto made = std::make_shared<kv::node>(sys, options->at(name), how);
      const std::shared_ptr<const kv::service> shared{made, &made->shared()};
      // As its main does: a node whose service has given up ends, and whoever started it starts it again.
      made->when_given_up([&c, name](const exit_reason&) {
        c.world().put(c.world().now(), [&c, name] {
          c.apply({.kind = fault_kind::crash, .host = name, .lasts = seconds{1}});
        });
      });
      for (unsigned n = 0; n < clients_per_node; ++n)
        spawn<client>(sys, "client" + std::to_string(n), shared, seen, name + "." + std::to_string(n),
                      &c.world());
      return made;
    };
    // With the rights that the service's nodes have, and no others.
    c.add(name, start, [options, name](system_options&, node_options& n) {
      n.public_paths.clear();
      n.rights.clear();
      kv::let_peers_in(n);
      (*options)[name] = n;
    });
  }
  c.start();
  c.run_past_faults();
  c.run_for(seconds{5});  // all is up and reached again
  const std::uint64_t before = seen->answered;
  c.run_for(seconds{2});
  seen->over = true;
  c.run_for(2 * request_timeout);
  c.expect(seen->answered > before, "requests are answered once all faults are over");
  for (const auto& [key, history] : seen->by_key) {
    const auto wrong = unexplained(history);
    std::string text;
    for (const auto& op : wrong) text += "\n         " + to_string(op);
    c.expect(wrong.empty(), key + " is linearizable:" + text);
  }
}

}  // namespace

scenario kv(unsigned nodes, mutant planted) {
  return [nodes, planted](cluster& c) { run(c, nodes, planted); };
}

}  // namespace simulations
