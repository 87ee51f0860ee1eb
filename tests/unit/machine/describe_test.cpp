// A machine's description and diagram come from its declarations (ST1), and its states from a list of types (CH1).
#include <doctest/doctest.h>

#include <troupe/machine/describe.hpp>

namespace machine_describe_test {

using namespace troupe;

namespace {

struct open_it {
  using reply = bool;
};
struct slam {};
struct check_it {
  int n = 0;
};
TROUPE_CONTRACT(check_it, "door.check", 1, n)

/// Never run: only looked at.
class gate_machine : public state_machine<gate_machine, open_it, slam, check_it> {
 public:
  struct closed {};
  struct locked : closed {};
  struct latched : closed {};
  struct open {};
  // A state around others may stand behind them; the first inside of it is where it is entered.
  using states = troupe::states<latched, locked, open, closed>;
  using events = messages<>;

  transition<locked> init() { return next_state<locked>(); }
  replying<bool, open, locked> when(closed, const open_it&) { return false; }
  bool when(open, const open_it&) { return true; }
  auto when(open, const slam&) { return next_state<closed>(); }
  auto when(closed, const slam&) { return keep_state(); }
  task<transition<stopped, latched>> when(any_state, check_it) { co_return keep_state(); }
  transition<latched> when(open, troupe::state_timeout) { return next_state<latched>(); }
};

template <class T>
struct holder {
  struct nested {};
};

}  // namespace

TEST_CASE(
    "ST1: a machine's transitions are those that its handlers' types name, in the order of states and "
    "events") {
  const auto d = description_of<gate_machine>();
  using statechart::no_state;
  using statechart::the_end;
  CHECK(d.name == "gate_machine");
  REQUIRE(d.states.size() == 4);
  CHECK(d.states[0].name == "latched");
  CHECK(d.states[0].parent == 3);
  CHECK(d.states[2].parent == no_state);
  CHECK(d.states[3].first == 0);
  CHECK(d.beginnings == std::vector<statechart::state_id>{1});
  const std::vector<statechart::transition_info> expected{
      {2, "slam", 3},    {2, "state_timeout", 0},           {3, "open_it", 2},
      {3, "open_it", 1}, {no_state, "door.check", the_end}, {no_state, "door.check", 0}};
  CHECK(d.transitions == expected);
}

TEST_CASE("a machine draws itself for Mermaid") {
  CHECK(mermaid_of<gate_machine>() == R"(stateDiagram-v2
    [*] --> locked
    open
    state closed {
        [*] --> latched
        latched
        locked
    }
    open --> closed : slam
    open --> latched : state_timeout
    closed --> open : open_it
    closed --> locked : open_it
    open --> [*] : door.check
    closed --> [*] : door.check
    open --> latched : door.check
    closed --> latched : door.check
)");
}

TEST_CASE("a state is called by the last name of its type") {
  static_assert(detail::last_name("a::(anonymous namespace)::b::red") == "red");
  static_assert(detail::last_name("red") == "red");
  static_assert(detail::last_name("a::holder<b::c>::nested") == "nested");
  static_assert(detail::last_name("a::holder<b::c>") == "holder<b::c>");
  CHECK(detail::last_name(cpp_type_name<holder<int>::nested>) == "nested");
}

TEST_CASE("CH1: a state is inside of the nearest listed state that it derives from") {
  struct a {};
  struct not_listed : a {};
  struct b : not_listed {};
  struct c : b {};
  using list = detail::state_list<states<c, a, b>>;
  CHECK(list::table[0].parent == 2);
  CHECK(list::table[1].parent == statechart::no_state);
  CHECK(list::table[2].parent == 1);
  CHECK(list::chart.beginning() == 0);
}

}  // namespace machine_describe_test
