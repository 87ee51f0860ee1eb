// bank: transfers between branches that crash. See README.md.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "customer.hpp"
#include "teller.hpp"

namespace {

using namespace std::chrono_literals;

troupe::config_schema schema() {
  troupe::config_schema s{"BANK"};
  s.text("bank.directory").help("where the books are, to go on with; empty: new ones, which are thrown away");
  s.integer("bank.branches").def(3).range(1, 100).help("each has a database of its own");
  s.integer("bank.accounts").def(10).range(1, 10'000).help("of each branch");
  s.integer("bank.customers").def(8).range(1, 500).help("how many make transfers at the same time");
  s.integer("bank.transfers").def(50).range(1, 1'000'000).help("of each customer");
  s.integer("bank.mishaps").def(10).range(0, 300).help("per mille of all steps that crash");
  s.boolean("bank.compensate").def(true).help("false: what can't be given is not given back");
  s.boolean("bank.remember").def(true).help("false: branches do not know what they have done already");
  return s;
}

/// Where the books are; a directory of its own is thrown away at the end.
class shelf {
 public:
  explicit shelf(std::string given) : path_(std::move(given)), own_(path_.empty()) {
    namespace fs = std::filesystem;
    if (own_) {
      std::string name = (fs::temp_directory_path() / "bank-XXXXXX").string();
      if (!mkdtemp(name.data())) throw std::runtime_error{"no directory could be made for " + name};
      path_ = name;
    }
    fs::create_directories(path_);
  }
  ~shelf() {
    std::error_code ignored;
    if (own_) std::filesystem::remove_all(path_, ignored);
  }
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  const bool own_;
};

/// Asks what can be asked again until there is an answer: the audit meets mishaps as well.
template <class M, class Ref>
auto surely(const Ref& whom, const M& what) {
  for (int i = 0; i < 100; ++i)
    if (auto came = whom.ask(what, 10s).get()) return *came;
  throw std::runtime_error{"no answer from " + whom.path()};
}

long long figure(std::int64_t n) { return n; }

int run(const troupe::config& c, const std::string& directory) {
  using namespace bank;
  const auto mishaps = static_cast<std::uint32_t>(c.get_int("bank.mishaps"));
  const auto branches = c.get_int("bank.branches"), accounts = c.get_int("bank.accounts");
  const branch_settings one{0, directory, accounts, 10'000, c.get_bool("bank.remember"), mishaps};

  std::vector<troupe::child_spec> parts;
  for (std::int64_t i = 0; i < branches; ++i) {
    auto how = one;
    how.number = i;
    parts.push_back(troupe::child<branch>("branch-" + std::to_string(i), how).blocking());
  }
  troupe::system sys{c};
  // So many restarts are what this sample is about. A service takes a few in some seconds, and then gives up.
  const auto top = troupe::supervise(
      sys, "bank", troupe::one_for_one{.intensity = 100'000, .period = 10s}, std::move(parts),
      troupe::child<journal>("journal", directory, mishaps).blocking(),
      troupe::child<teller>("teller", teller_settings{branches, c.get_bool("bank.compensate"), mishaps}));

  std::vector<troupe::future<tally>> shopping;
  for (int i = 0; i < c.get_int("bank.customers"); ++i)
    shopping.push_back(troupe::spawn<customer>(sys, "customer-" + std::to_string(i), branches, accounts)
                           .ask(go_shopping{static_cast<int>(c.get_int("bank.transfers"))}, 1h));
  tally all;
  for (auto& s : shopping) {
    const auto went = s.get().value();
    all.asked_again += went.asked_again;
    for (std::size_t i = 0; i < all.ended.size(); ++i) all.ended[i] += went.ended[i];
  }
  const auto ended = [&all](step s) { return figure(all.ended[static_cast<std::size_t>(s)]); };
  std::printf("transfers: %lld done, %lld refused, %lld refunded; %lld questions were asked again\n",
              ended(step::done), ended(step::refused), ended(step::refunded), figure(all.asked_again));
  std::printf("crashes: %llu, each restarted\n",
              static_cast<unsigned long long>(sys.events().count(troupe::event_kind::actor_failed)));

  // The audit: what all branches hold, and what is on its way or owed.
  std::int64_t held = 0;
  for (std::int64_t i = 0; i < branches; ++i)
    held += surely(top.ref<branch>("branch-" + std::to_string(i)), total{});
  const census books = surely(top.ref<journal>("journal"), take_census{});
  const auto in = [&books](step s) { return books.cents[static_cast<std::size_t>(s)]; };
  const auto opened = branches * accounts * one.opening_cents;
  const auto found = held + in(step::taken) + in(step::owed);
  std::printf("audit: the branches opened with %lld cents and hold %lld; %lld are on their way, %lld owed\n",
              figure(opened), figure(held), figure(in(step::taken)), figure(in(step::owed)));
  if (found != opened) {
    std::printf("bank: FAILED: %lld cents were %s\n", figure(std::abs(found - opened)),
                found < opened ? "lost" : "made");
    return 1;
  }
  std::printf("bank: no cent was lost or made\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  try {
    const shelf books{config.get_text("bank.directory")};
    return run(config, books.path());
  } catch (const std::exception& e) {
    std::printf("bank: FAILED: %s\n", e.what());
    return 1;
  }
}
