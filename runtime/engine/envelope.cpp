#include <cstdlib>
#include <troupe/base/check.hpp>
#include <troupe/engine/envelope.hpp>

namespace troupe::engine {

envelope_ptr allocate_envelope(const message_type& type, bool with_options) {
  check(type.align <= envelope_alignment, "a message type is aligned more strictly than an envelope allows");
  const std::uint8_t payload_at = payload_offset(type.align);
  std::size_t bytes = payload_at + type.size;
  const std::size_t options_at = (bytes + 7) / 8;
  if (with_options) bytes = 8 * options_at + sizeof(envelope_options);
  envelope_ptr e{::new (allocate_bytes(bytes)) envelope};
  e->block_class = block_class_of(bytes);
  e->payload_at = payload_at;
  if (with_options) {
    check(options_at <= 0xffff, "a message this large can't carry options");
    e->options_at = static_cast<std::uint16_t>(options_at);
    ::new (reinterpret_cast<std::byte*>(e.get()) + 8 * options_at) envelope_options;
  }
  return e;
}

void envelope_deleter::abandon(envelope& e) noexcept {
  std::exchange(e.reply, nullptr)->fail({errc::broken_promise, "the request was dropped without a reply"});
}

}  // namespace troupe::engine
