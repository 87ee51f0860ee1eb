// The CAF side of a cell: what CAF actors send arrives here; exit messages stop it, requests are answered.
#include <caf/actor_system.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <troupe/cell/caf_element.hpp>
#include <troupe/cell/cell.hpp>
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

/// Answers a CAF request with a troupe reply, turned into a CAF message.
class caf_reply_slot final : public engine::reply_slot {
 public:
  caf_reply_slot(const message_type& reply, cell& from, caf::mailbox_element& request)
      : reply_slot(reply), from_(&from), to_(request.sender), id_(request.mid.response_id()) {}

 private:
  void settled() noexcept override {
    caf::message answer;
    auto what = take();
    if (auto* e = std::get_if<engine::envelope_ptr>(&what); e && (*e)->type->to_caf)
      (*e)->type->to_caf((*e)->payload(), answer);
    else
      answer = caf::make_message(caf::make_error(caf::sec::runtime_error));
    to_->enqueue(caf::make_mailbox_element(caf::strong_actor_ptr{from_->ctrl()}, id_, {}, std::move(answer)),
                 nullptr);
  }

  cell_ptr from_;
  caf::strong_actor_ptr to_;
  caf::message_id id_;
};

}  // namespace

constinit const message_type caf_element_type = internal_type<caf_element>("caf.message");
constinit const message_type terminated_type = internal_type<terminated>("troupe.terminated");

void cell::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (!what) return;
  if (status() == cell_status::stopped) {
    caf::detail::sync_request_bouncer bounce{fail_state()};
    bounce(*what);
    return;
  }
  post(engine::make_envelope<caf_element>(caf_element_type, std::move(what)));
}

void cell::run_caf_element(engine::envelope_ptr& e) {
  caf::mailbox_element& element = *e->as<caf_element>().element;
  auto& content = element.content();
  if (content.match_elements<caf::exit_msg>()) {
    // CAF's rule: a normal exit of a linked actor changes nothing, any other ends this one.
    const auto& reason = content.get_as<caf::exit_msg>(0).reason;
    if (reason) begin_stop({exit_kind::shutdown, {errc::stopped, caf::to_string(reason)}});
    return;
  }
  for (std::size_t i = 0; props_.type && i < props_.type->accepts_count; ++i) {
    const message_type& type = *props_.type->accepts[i];
    if (!type.from_caf) continue;
    auto converted = engine::allocate_envelope(type);
    if (!type.from_caf(converted->payload(), content)) continue;
    converted->type = &type;
    if (element.mid.is_request() && type.reply)
      converted->reply = new caf_reply_slot{*type.reply, *this, element};
    body_->receive(converted);
    return;
  }
  if (handle_system_message(element, nullptr, true)) return;
  if (element.mid.is_request() && element.sender)
    element.sender->enqueue(
        caf::make_mailbox_element(caf::strong_actor_ptr{ctrl()}, element.mid.response_id(), {},
                                  caf::make_error(caf::sec::unexpected_message)),
        nullptr);
  env_->dead_letter(std::move(e), path(), errc::not_understood);
}

}  // namespace troupe
