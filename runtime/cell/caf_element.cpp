// The CAF side of a cell: what CAF actors send arrives here; exit messages stop it, requests are answered.
#include <caf/actor_system.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/make_message.hpp>
#include <caf/system_messages.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/caf_errors.hpp>
#include <troupe/cell/caf_far.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/restarted.hpp>
#include <troupe/cell/terminated.hpp>

namespace troupe {

namespace {

template <class T>
void relocate_as(void* to, void* from) noexcept {
  ::new (to) T{std::move(*static_cast<T*>(from))};
  static_cast<T*>(from)->~T();
}

template <class T>
void destroy_as(void* at) noexcept {
  static_cast<T*>(at)->~T();
}

template <class T>
constexpr message_type internal_type(std::string_view name) {
  return {name,           0,       sizeof(T), alignof(T), &relocate_as<T>,
          &destroy_as<T>, nullptr, nullptr,   nullptr,    nullptr};
}

/// The CAF message that tells an asker what came of its request.
caf::message answer_of(const engine::outcome& what) {
  if (const auto* why = std::get_if<error>(&what)) return caf::make_message(to_caf_error(*why));
  engine::envelope& e = *std::get<engine::envelope_ptr>(what);
  if (!e.type->to_caf)
    return caf::make_message(to_caf_error({errc::invalid, "the reply " + std::string{e.type->name} +
                                                              " can't be copied, so it can't go into CAF"}));
  caf::message out;
  try {
    e.type->to_caf(e.payload(), out);
  } catch (...) {
    return caf::make_message(to_caf_error(current_exception_error(errc::invalid)));
  }
  return out;
}

/// Answers a CAF request with a troupe reply, turned into a CAF message.
class caf_reply_slot final : public engine::reply_slot {
 public:
  // Whatever the reply is, it leaves as a CAF message.
  caf_reply_slot(cell& from, const caf::mailbox_element& request)
      : reply_slot(caf_element_type),
        from_(&from),
        to_(request.sender),
        far_(is_far(*to_)),
        id_(request.mid.response_id()) {}

 private:
  void settled() noexcept override {
    caf::message answer = answer_of(take());
    if (caf::actor_system* const system = far_ ? from_->env().caf() : nullptr)
      if (const auto why = why_not_across(*system, answer))  // CF2
        answer = caf::make_message(to_caf_error(*why));
    to_->enqueue(caf::make_mailbox_element(caf::strong_actor_ptr{from_->ctrl()}, id_, {}, std::move(answer)),
                 nullptr);
  }

  cell_ptr from_;
  caf::strong_actor_ptr to_;
  bool far_;
  caf::message_id id_;
};

}  // namespace

constinit const message_type caf_element_type = internal_type<caf_element>("caf.message");
constinit const message_type terminated_type = internal_type<terminated>("troupe.terminated");
constinit const message_type restarted_type = internal_type<restarted>("troupe.restarted");
constinit const message_type link_ended_type = internal_type<link_ended>("troupe.link_ended");

std::uint64_t caf_element::sender() const noexcept {
  return element_ && element_->sender ? element_->sender->id() : 0;
}

std::string caf_element::text() const { return element_ ? element_->content().stringify() : std::string{}; }

bool caf_element::is_open_request() const noexcept {
  return element_ && element_->mid.is_request() && !element_->mid.is_answered() && element_->sender;
}

engine::reply_slot_ptr caf_element::take_request(cell& at) {
  if (!is_open_request()) return {};
  engine::reply_slot_ptr slot{new caf_reply_slot{at, *element_}};
  element_->mid.mark_as_answered();
  return slot;
}

void caf_element::refuse(errc why) noexcept {
  if (!is_open_request()) return;
  // What CAF makes of a message from another system whose type it does not know (CF2).
  const bool unknown =
      why == errc::not_understood && element_->content().empty() && is_far(*element_->sender);
  const auto to = element_->sender;
  const auto id = element_->mid.response_id();
  element_->mid.mark_as_answered();
  to->enqueue(caf::make_mailbox_element(
                  nullptr, id, {},
                  to_caf_error({why, unknown ? "an empty message came: is its type among basp_options::types?"
                                             : "the request was not delivered to a troupe actor"})),
              nullptr);
}

void cell::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (!what) return;
  if (has_ended()) {
    caf::error why;
    if (end_kind() != exit_kind::normal) why = to_caf_exit(end_kind());
    caf::detail::sync_request_bouncer bounce{std::move(why)};
    bounce(*what);
    return;
  }
  // What tells of an end must not be lost to a full mailbox (M9), as little as `terminated`.
  const bool tells_end = is_bounded() && (what->content().match_elements<caf::exit_msg>() ||
                                          what->content().match_elements<caf::down_msg>());
  auto e = engine::make_envelope<caf_element>(caf_element_type, std::move(what));
  if (tells_end) e->counted = false;
  post(std::move(e));
}

// ---- its end
// CAF keeps an error in an actor that has ended, for those who link or monitor it late. It is a block of the allocator's, and
// few ask, so it is made for the first who does. `mtx_` is CAF's lock of an actor; the flag is set under it.

void cell::end_for_caf() {
  const bool nobody_to_tell = exclusive_critical_section([this] {
    if (attachables_head_ || getf(has_used_aout_flag | is_registered_flag)) return false;
    setf(is_terminated_flag | is_cleaned_up_flag);
    return true;
  });
  if (nobody_to_tell) return;
  caf::error why;
  if (end_kind() != exit_kind::normal) why = to_caf_exit(end_kind());
  cleanup(std::move(why), nullptr);
}

void cell::make_caf_reason() noexcept {
  if (getf(is_cleaned_up_flag) && end_kind() != exit_kind::normal && !fail_state_)
    fail_state_ = to_caf_exit(end_kind());
}

void cell::attach(caf::attachable_ptr ptr) {
  exclusive_critical_section([this] { make_caf_reason(); });
  monitorable_actor::attach(std::move(ptr));
}

void cell::add_link(caf::abstract_actor* other) {
  exclusive_critical_section([this] { make_caf_reason(); });
  monitorable_actor::add_link(other);
}

bool cell::add_backlink(caf::abstract_actor* other) {
  make_caf_reason();  // CAF holds `mtx_`
  return monitorable_actor::add_backlink(other);
}

bool cell::remove_backlink(caf::abstract_actor* other) {
  const bool had_one = monitorable_actor::remove_backlink(other);
  // CAF gives up the link that we had asked for (caf_address.hpp, CA4). It holds the locks of both, so not here.
  if (extras_.get())
    run_inside([number = caf_number_of(*other->ctrl(), is_far(*other->ctrl()))](cell& c) {
      c.part_from_number(number);
    });
  return had_one;
}

void cell::run_caf_element(delivery& d) {
  auto& arrived = d->as<caf_element>();
  caf::mailbox_element& element = *arrived;
  auto& content = element.content();
  if (content.match_elements<caf::exit_msg>()) {
    // CAF's rule, and OTP's: a normal exit of a linked actor changes nothing, any other ends this one, as what it was (CR1). A failure is
    // this one's too, so its supervisor has a say in it.
    exit_reason how = from_caf_exit(content.get_as<caf::exit_msg>(0).reason);
    if (how.kind == exit_kind::failed || how.kind == exit_kind::unreachable) {
      how.why.text = "a CAF actor it is linked to ended: " + how.why.text;
      fail(std::move(how.why), nullptr);
    } else if (how.kind != exit_kind::normal) {
      begin_stop(how.kind, std::make_unique<error>(std::move(how.why)));
    }
    return;
  }
  const actor_class* const own = settings_.type;
  for (std::size_t i = 0; own && i < own->accepts_count; ++i) {
    const message_type& type = *own->accepts[i];
    if (!type.from_caf) continue;
    auto converted = engine::allocate_envelope(type);
    if (!type.from_caf(converted->payload(), content)) continue;
    converted->type = &type;
    converted->reply = arrived.take_request(*this);
    // From here on it is a message like any other: a handler that throws fails on it (S7) and its asker hears of that.
    // The CAF message goes: all that is wanted of it is in the other.
    d.replace(std::move(converted));
    hand_to_body(d);
    return;
  }
  if (handle_system_message(element, nullptr, true)) {
    element.mid.mark_as_answered();
    return;
  }
  hand_to_body(d);  // not understood, unless the actor knows better
}

}  // namespace troupe
