// Refs in messages that are coded, in JSON and in files: a token (cell/ref_token.hpp), as text in every form.
//
//     struct subscribe { troupe::ref<news> to; };
//     TROUPE_CONTRACT(subscribe, "desk.subscribe", 1, to)
//
//     troupe::to_json(m, troupe::json_style::compact, &sys.env().names());   // {"to":"n1@5f3a9c:17-8e21c4/user/reader"}
//
// Rules
//  RC1 The context of a writer or reader is the `names` of the system that the refs belong to. Between nodes it is there by itself.
//      Without one only empty refs can be written and read.
//  RC2 For schemas a ref is `ref`, whatever its protocol: that may grow, and a message is checked where it arrives.
//  RC3 A token that leads nowhere is decoded all the same, to a ref that answers with the reason (names.hpp, NM3); text that is no
//      token is a decode error.
//  RC4 The origin of a reader is the `ref_guest` who has written the bytes, null for this program: what he says of actors here is held against
//      what he was given and may reach (names.hpp, NM7).
//  RC5 The witness of a writer is the `ref_witness` who hears of which other nodes the refs are (names.hpp, NM8), null where nobody wants to know.
#pragma once

#include <string>
#include <string_view>
#include <troupe/contract/codec.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

namespace detail {

/// The token of a ref; empty for an empty one; null for one that has no token here (RC1).
std::string ref_to_text(const any_ref& r, const void* context);
/// The same, which is in `room`, or where `names::token_of` has it. `witness` hears of it (RC5).
std::string_view ref_to_text(const any_ref& r, const void* context, void* witness, std::string& room);

/// The address of a token (RC3), which `origin` has written (RC4). Null: an empty ref, or, with `why` set, none.
address_ptr ref_from_text(std::string_view text, const void* context, const char*& why,
                          const void* origin = nullptr);

}  // namespace detail

/// A varint length and the token; no bytes behind it for an empty ref.
template <class... Ts>
struct codec<ref<Ts...>> {
  static constexpr std::string_view type_name = "ref";

  static void encode(byte_writer& to, const ref<Ts...>& v) {
    std::string room;
    to.bytes(detail::ref_to_text(v, to.context(), to.witness(), room));
  }
  static bool decode(byte_reader& from, ref<Ts...>& v) {
    const char* why = nullptr;
    const std::string_view text = from.bytes();
    if (from.ok()) v = ref<Ts...>{detail::ref_from_text(text, from.context(), why, from.origin())};
    if (why) from.fail(why);
    return from.ok();
  }

  /// The token, for forms that are text.
  static std::string to_text(const ref<Ts...>& v, const void* context) {
    return detail::ref_to_text(v, context);
  }
  /// The ref of a token; `why` is set when it is none.
  static ref<Ts...> from_text(std::string_view text, const void* context, const char*& why) {
    return ref<Ts...>{detail::ref_from_text(text, context, why)};
  }
};

}  // namespace troupe
