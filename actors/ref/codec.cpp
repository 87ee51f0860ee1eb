#include <troupe/cell/environment.hpp>
#include <troupe/ref/codec.hpp>

namespace troupe::detail {

std::string ref_to_text(const any_ref& r, const void* context) {
  std::string room;
  return std::string{ref_to_text(r, context, nullptr, room)};
}

std::string_view ref_to_text(const any_ref& r, const void* context, void* witness, std::string& room) {
  if (!r) return {};
  // What no reader takes for a token (RC1).
  if (!context) return "(a ref that was written without the names of its system)";
  return static_cast<const names*>(context)->token_of(*r.address(), room, static_cast<ref_witness*>(witness));
}

address_ptr ref_from_text(std::string_view text, const void* context, const char*& why, const void* origin) {
  if (text.empty()) return {};
  if (!context) {
    why = "a ref where no system's names are at hand to look it up";
    return {};
  }
  address_ptr to =
      static_cast<const names*>(context)->address_of(text, static_cast<const ref_guest*>(origin));
  if (!to) why = "a ref that is no token";
  return to;
}

}  // namespace troupe::detail
