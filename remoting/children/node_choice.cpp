#include <algorithm>
#include <troupe/children/node_choice.hpp>

namespace troupe {

std::string node_choice::problem() const {
  if (nodes_.empty()) return "it names no node to live on";
  if (patience_ <= duration::zero()) return "its patience with a node must be more than 0";
  for (auto at = nodes_.begin(); at != nodes_.end(); ++at) {
    if (at->empty()) return "one of its nodes has no name";
    if (std::find(at + 1, nodes_.end(), *at) != nodes_.end()) return "it names the node '" + *at + "' twice";
  }
  return {};
}

}  // namespace troupe
