// An envelope that gets the rare part afterwards.
#include <doctest/doctest.h>

#include <memory>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/envelope.hpp>

namespace engine_envelope_test {

using namespace troupe;
using namespace troupe::engine;

namespace {

struct counted_message {
  std::shared_ptr<int> held;
};

class nobody final : public reply_slot {
 public:
  explicit nobody(bool& told) : reply_slot(message_type_of<int>), told_(told) {}

 private:
  void settled() noexcept override { told_ = true; }
  bool& told_;
};

}  // namespace

TEST_CASE(
    "E1, E4: a message that gets options moves into a larger envelope with all it had, and is destroyed "
    "once") {
  const auto held = std::make_shared<int>(7);
  bool told = false;
  {
    auto e = make_envelope<counted_message>(message_type_of<counted_message>, held);
    e->cause = 5;
    e->retries = 3;
    e->counted = false;
    e->reply = new nobody{told};
    e = with_options(std::move(e));
    REQUIRE(e->options() != nullptr);
    CHECK(e->options()->deadline == never);
    CHECK(e->options()->sent == never);
    CHECK(e->cause == 5);
    CHECK(unsigned{e->retries} == 3);
    CHECK_FALSE(e->counted);
    CHECK(e->as<counted_message>().held == held);
    CHECK(held.use_count() == 2);
    CHECK_FALSE(told);
    const auto* const same = e.get();
    e = with_options(std::move(e));
    CHECK(e.get() == same);
  }
  CHECK(told);
  CHECK(held.use_count() == 1);
}

}  // namespace engine_envelope_test
