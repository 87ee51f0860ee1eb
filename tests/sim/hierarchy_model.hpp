// What a tree of supervisors should be after each failure, found without the supervisor's own tables: a tree of plain structs, changed by
// recursion, as one would explain OTP's rules to somebody (S1 to S3).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <troupe/base/exit.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/base/units.hpp>
#include <troupe/spec/kinds.hpp>
#include <vector>

namespace simulations {

/// One actor of the tree: a supervisor, or a leaf.
struct model_node {
  std::string id;
  model_node* parent = nullptr;
  troupe::restart_type type = troupe::restart_type::permanent;
  bool is_supervisor = false;
  troupe::strategy how = troupe::strategy::one_for_one;
  std::uint32_t intensity = 1;
  troupe::duration period{};
  std::vector<std::unique_ptr<model_node>> children;

  bool present = true;                       ///< its supervisor has a place for it
  bool up = false;                           ///< it serves
  std::uint64_t made = 0;                    ///< how many objects of a leaf there have been
  std::vector<troupe::time_point> restarts;  ///< of a supervisor's children, in its window

  /// Where it is, from `/user` on.
  std::string path() const { return (parent ? parent->path() : std::string{"/user"}) + "/" + id; }
};

/// The whole tree.
class hierarchy_model {
 public:
  /// A random tree with about `actors` actors, no more than `breadth` children each, whose top takes any number of restarts.
  hierarchy_model(troupe::prng& random, std::size_t actors, std::size_t breadth);

  model_node& top() noexcept { return *top_; }
  /// All leaves, in the order they were made up in.
  const std::vector<model_node*>& leaves() noexcept { return leaves_; }
  /// How many actors there are.
  std::size_t size() const noexcept { return size_; }

  /// The top is started.
  void start() { begin_anew(*top_); }
  /// A leaf that is up fails, or ends by itself, at `now`.
  void ends(model_node& leaf, troupe::exit_kind how, troupe::time_point now);

 private:
  void begin_anew(model_node& n);
  void goes_down(model_node& n);
  void grow(troupe::prng& random, model_node& at, std::size_t depth, std::size_t& left, std::size_t breadth);

  std::unique_ptr<model_node> top_;
  std::vector<model_node*> leaves_;
  std::size_t size_ = 1;
};

}  // namespace simulations
