#include <cstdlib>
#include <troupe/base/check.hpp>
#include <troupe/engine/envelope.hpp>

namespace troupe::engine {

namespace {
/// How far behind the header options may begin: in steps of 8 bytes, in 16 bits.
constexpr std::size_t options_at_max = 8 * 0xffff;
}  // namespace

envelope_ptr detail::allocate_unusual(const message_type& type, bool with_options) {
  check(type.align <= envelope_alignment, "a message type is aligned more strictly than an envelope allows");
  const std::uint8_t payload_at = payload_offset(type.align);
  std::size_t bytes = payload_at + type.size;
  const std::size_t options_at = (bytes + 7) / 8;
  if (with_options) bytes = 8 * options_at + sizeof(envelope_options);
  envelope_ptr e{::new (allocate_bytes(bytes)) envelope};
  e->block_class = block_class_of(bytes);
  e->payload_at = payload_at;
  if (with_options) {
    check(8 * options_at <= options_at_max, "a message this large can't carry options");
    e->options_at = static_cast<std::uint16_t>(options_at);
    ::new (reinterpret_cast<std::byte*>(e.get()) + 8 * options_at) envelope_options;
  }
  return e;
}

envelope_ptr with_options(envelope_ptr e) {
  const message_type* const type = e->type;
  if (e->options() || !type || !type->relocate || payload_offset(type->align) + type->size > options_at_max)
    return e;
  envelope_ptr made = allocate_envelope(*type, true);
  type->relocate(made->payload(), e->payload());
  made->type = std::exchange(e->type, nullptr);  // its payload has moved
  made->reply = std::move(e->reply);
  made->cause = e->cause;
  made->retries = e->retries;
  made->hollow = e->hollow;
  made->counted = e->counted;
  return made;
}

void envelope_deleter::abandon(envelope& e) noexcept {
  std::exchange(e.reply, nullptr)->fail({errc::broken_promise, "the request was dropped without a reply"});
}

}  // namespace troupe::engine
