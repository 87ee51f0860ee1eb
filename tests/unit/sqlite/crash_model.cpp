#include "crash_model.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <troupe/base/prng.hpp>
#include <vector>

#include "world.hpp"

namespace troupe::test {
namespace {

constexpr int keys = 24;
constexpr std::uint64_t lives = 3;
constexpr std::uint64_t operations_in_a_life = 500;

struct cell {
  std::int64_t version = 0;
  std::int64_t bytes = 0;
  friend bool operator==(const cell&, const cell&) = default;
};
using state = std::map<std::int64_t, cell>;

/// The value of a key is made from its cell, so that the model needs not keep it.
std::string value_of(std::int64_t key, const cell& c) {
  prng bytes(static_cast<std::uint64_t>(key * 1'000'003 + c.version));
  std::string out(static_cast<std::size_t>(c.bytes), '\0');
  for (std::size_t i = 0; i < out.size(); i += 64) out[i] = static_cast<char>(bytes.next());
  return out;
}

/// Why a life ended before its time: the disk stopped or refused (no text), or a promise was broken (with a
/// text).
struct ended {
  std::string broken;
};

class program {
 public:
  explicit program(const crash_plan& plan) : plan_(plan), world_(plan.seed), random_(plan.seed ^ 0xabcdef) {}

  crash_outcome run() {
    world_.files.lie(plan_.lying_files, plan_.lying_directories);
    for (std::uint64_t life = 0; life <= lives && out_.broken.empty(); ++life) {
      const bool last = life == lives;  // the last one only looks
      if (!last) world_.files.stop_at(1 + random_.below(operations_in_a_life));
      try {
        live(last);
      } catch (const ended& e) {
        out_.broken = e.broken;
      }
      out_.interrupted += world_.files.stopped();
      world_.files.refuse_nothing();
      world_.files.set_room(UINT64_MAX);
      world_.files.restart(plan_.how ? *plan_.how : static_cast<stop_kind>(random_.below(3)));
    }
    out_.trace = world_.files.seen().trace;
    return out_;
  }

 private:
  /// Ends the life unless `r` is a success: without blame when the disk had stopped or may refuse.
  template <class T>
  T go_on(result<T> r, const char* doing) {
    if (r) return std::move(*r);
    blame(r.error(), doing);
  }
  void go_on(result<void> r, const char* doing) {
    if (!r) blame(r.error(), doing);
  }
  [[noreturn]] void blame(const error& e, const char* doing) {
    const bool allowed = plan_.refusals && (e.code == errc::io || e.code == errc::disk_full);
    if (world_.files.stopped() || allowed) throw ended{};
    throw ended{std::string(doing) + ": " + to_string(e)};
  }

  void live(bool only_look) {
    auto with = world_.options(plan_.durable);
    with.cache_bytes_max = 16 << 10;  // so that large transactions spill into the log before they commit
    with.wal_pages_max = static_cast<std::uint32_t>(4 + random_.below(60));
    std::optional<sqlite::database> db(go_on(sqlite::open(with), "open"));
    go_on(db->exec("CREATE TABLE IF NOT EXISTS kv(key INTEGER PRIMARY KEY, version INTEGER, bytes BLOB);"
                   "CREATE INDEX IF NOT EXISTS by_version ON kv(version)"),
          "create the table");
    check_found(*db);
    for (int i = 0; i < 60 && !only_look; ++i) {
      if (random_.below(16) == 0) {
        db.reset();
        db.emplace(go_on(sqlite::open(with), "open again"));
        check_found(*db);
      }
      if (random_.below(16) == 0) go_on(db->checkpoint(), "checkpoint");
      trouble();
      transact(*db);
    }
  }

  /// After an opening: what is there must be one of the states that may be, and then it is the only one.
  void check_found(sqlite::database& db) {
    const state found = look(db);
    if (std::find(possible_.begin(), possible_.end(), found) == possible_.end())
      throw ended{"a commit was lost, or only a part of one was kept"};
    possible_ = {found};
    current_ = found;
  }

  /// Now and then makes the disk refuse something soon.
  void trouble() {
    if (!plan_.refusals) return;
    const auto dice = random_.below(4);
    if (dice == 0) {
      const auto first = 1 + random_.below(30);
      world_.files.refuse_at(first, errc::io, random_.below(3));
    }
    if (dice == 1) world_.files.set_room(random_.below(200'000));
  }

  void transact(sqlite::database& db) {
    state next = current_;
    const auto done = attempt(db, next);
    if (done && *done) return committed(next);
    const bool rolled_back = done.has_value();
    if (!rolled_back) possible_.push_back(next);  // its outcome is open (Q4)
    if (world_.files.stopped()) throw ended{};
    if (rolled_back) return;
    ++out_.failed;
    if (!plan_.refusals) throw ended{"a transaction failed: " + to_string(done.error())};
    // Q4: with room and without faults the database goes on, and what failed is undone.
    world_.files.set_room(UINT64_MAX);
    if (look(db) != current_) throw ended{"a failed transaction was not undone"};
  }

  void committed(const state& now) {
    ++out_.acked;
    if (now == current_) return;  // nothing was written, so nothing earlier is settled by it (Q4)
    if (plan_.durable == sqlite::durability::full || plan_.how == stop_kind::process_dies) possible_.clear();
    possible_.push_back(now);
    current_ = now;
  }

  /// True when committed, false when rolled back on purpose. `next` becomes the state it leads to.
  result<bool> attempt(sqlite::database& db, state& next) {
    auto t = db.begin();
    if (!t) return t.error();
    auto put = db.prepare("REPLACE INTO kv VALUES(?1, ?2, ?3)");
    if (!put) return put.error();
    auto drop = db.prepare("DELETE FROM kv WHERE key = ?1");
    if (!drop) return drop.error();
    const bool large = random_.below(10) == 0;
    for (std::uint64_t n = 1 + random_.below(6); n > 0; --n) {
      const auto key = static_cast<std::int64_t>(random_.below(keys));
      if (random_.below(4) == 0) {
        if (auto done = drop->bind_int(1, key).run(); !done) return done.error();
        next.erase(key);
        continue;
      }
      const cell c{++version_, static_cast<std::int64_t>(random_.below(large ? 40'000 : 1'500))};
      const auto value = value_of(key, c);
      if (auto done = put->bind_int(1, key).bind_int(2, c.version).bind_blob(3, value).run(); !done)
        return done.error();
      next[key] = c;
    }
    if (random_.below(8) == 0) return false;
    if (auto done = t->commit(); !done) return done.error();
    return true;
  }

  /// Reads everything, and has SQLite check the whole file.
  state look(sqlite::database& db) {
    world_.files.refuse_nothing();  // the check calls a page that can't be read damaged
    auto check = go_on(db.prepare("PRAGMA integrity_check"), "check");
    go_on(check.step(), "check");
    const std::string verdict(check.get_text(0));
    check.reset();
    if (world_.files.stopped()) throw ended{};
    if (verdict != "ok") throw ended{"damaged: " + verdict};
    state found;
    auto all = go_on(db.prepare("SELECT key, version, bytes FROM kv"), "read");
    while (go_on(all.step(), "read") == sqlite::stepped::row) {
      const auto key = all.get_int(0);
      const auto bytes = all.get_blob(2);
      const cell c{all.get_int(1), static_cast<std::int64_t>(bytes.size())};
      if (bytes != value_of(key, c)) throw ended{"a value has changed"};
      found[key] = c;
    }
    return found;
  }

  crash_plan plan_;
  world world_;
  prng random_;
  std::vector<state> possible_{state{}};  // what may be found by the next opening
  state current_;                         // what the open database holds
  std::int64_t version_ = 0;
  crash_outcome out_;
};

}  // namespace

crash_outcome run(const crash_plan& plan) { return program(plan).run(); }

}  // namespace troupe::test
