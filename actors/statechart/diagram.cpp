#include <troupe/statechart/diagram.hpp>

namespace troupe::statechart {
namespace {

class drawing {
 public:
  explicit drawing(const description& d) : d_(d) {}

  std::string run() {
    out_ = "stateDiagram-v2\n";
    for (const state_id s : d_.beginnings) line(1, "[*] --> " + name(s));
    states_inside(no_state, 1);
    for (const transition_info& t : d_.transitions) draw(t);
    return std::move(out_);
  }

 private:
  std::string name(state_id s) const { return s == the_end ? "[*]" : std::string{d_.states[s].name}; }

  void line(std::size_t depth, const std::string& text) { out_ += std::string(4 * depth, ' ') + text + "\n"; }

  void states_inside(state_id around, std::size_t depth) {
    for (std::size_t i = 0; i < d_.states.size(); ++i) {
      const auto s = static_cast<state_id>(i);
      if (d_.states[i].parent != around) continue;
      if (d_.states[i].first == no_state) {
        line(depth, name(s));
        continue;
      }
      line(depth, "state " + name(s) + " {");
      line(depth + 1, "[*] --> " + name(d_.states[i].first));
      states_inside(s, depth + 1);
      line(depth, "}");
    }
  }

  void draw(const transition_info& t) {
    const auto arrow = [&](state_id from) {
      line(1, name(from) + " --> " + name(t.to) + " : " + std::string{t.event});
    };
    if (t.from != no_state) return arrow(t.from);
    for (std::size_t i = 0; i < d_.states.size(); ++i)
      // From where it leads to there is no change.
      if (d_.states[i].parent == no_state && t.to != i) arrow(static_cast<state_id>(i));
  }

  const description& d_;
  std::string out_;
};

}  // namespace

std::string to_mermaid(const description& d) { return drawing{d}.run(); }

}  // namespace troupe::statechart
