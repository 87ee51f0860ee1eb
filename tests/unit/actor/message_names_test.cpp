// A protocol may use the words that the library uses inside.
#include <doctest/doctest.h>

#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace actor_message_names_test {

// What is declared here goes before what `troupe` has of the same name.
namespace message_names {

using namespace troupe;

struct start {
  int at = 0;
};
struct stop {};
struct describe {
  using reply = std::string;
};

/// A stopwatch that is told in the plainest words, as message types, members and all.
class stopwatch : public actor<start, stop, describe> {
 public:
  void on(const start& m) { running_from_ = m.at; }
  void on(const stop&) { running_from_ = -1; }
  std::string on(const describe&) const {
    const start now{running_from_};
    return now.at < 0 ? "stopped" : "running from " + std::to_string(now.at);
  }

 private:
  int running_from_ = -1;
};

TEST_CASE("BO4: messages may be called start, stop and describe, and their actor may name them") {
  testkit::test_system sys;
  const ref<stopwatch> watch = sys.spawn<stopwatch>("watch");
  watch.tell(start{7});
  CHECK(sys.expect_reply(watch.ask(describe{}, seconds{1})) == "running from 7");
  watch.tell(stop{});
  CHECK(sys.expect_reply(watch.ask(describe{}, seconds{1})) == "stopped");
}

}  // namespace message_names

}  // namespace actor_message_names_test
