#include <troupe/base/bytes.hpp>
#include <troupe/node/wait_seals.hpp>
#include <troupe/wire/fields.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe::detail {

static_assert(wire::probe_waits_max == far_path::waits_max && wire::probe_hops_max == far_path::hops_max);

wire::probe wait_seals::to_frame(std::uint64_t request, far_path path) const {
  wire::probe out{.request = request, .passed = path.passed, .hops = path.hops + 1};
  for (far_wait& w : path.waits) {
    const bool is_ours = w.run == self_->incarnation;
    wire::probe_wait& to = out.waits.emplace_back();
    to.node = is_ours ? self_->name : std::move(w.node);
    to.run = w.run;
    to.actor = w.actor;
    to.number = w.number;
    to.unbegun = w.unbegun;
    to.path = wire::one_line(wire::fields::cut(w.path, wire::probe_text_bytes_max));
    to.message = wire::one_line(wire::fields::cut(w.message, wire::probe_text_bytes_max));
    to.seal = is_ours ? seal_of(to) : w.seal;
  }
  return out;
}

std::optional<far_path> wait_seals::to_path(wire::probe frame) const {
  far_path out{.passed = frame.passed, .hops = frame.hops};
  for (wire::probe_wait& w : frame.waits) {
    if (w.run == self_->incarnation && (w.node != self_->name || w.seal != seal_of(w))) return {};
    out.waits.push_back({.run = w.run,
                         .actor = w.actor,
                         .number = w.number,
                         .node = wire::one_line(w.node),
                         .path = wire::one_line(w.path),
                         .message = wire::one_line(w.message),
                         .unbegun = w.unbegun,
                         .seal = w.seal});
  }
  return out;
}

std::uint64_t wait_seals::seal_of(const wire::probe_wait& w) const {
  std::string text;
  {
    byte_writer to{text};
    to.u64(w.actor);
    to.u64(w.number);
    to.bytes(w.path);
  }
  return keyed_hash(key_, text);
}

}  // namespace troupe::detail
