#include <troupe/sys/answering.hpp>
#include <troupe/sys/sys_address.hpp>

namespace troupe::detail {

namespace {

/// One such message on its way to its cell's turn.
class sys_signal final : public signal {
 public:
  explicit sys_signal(engine::envelope_ptr e) noexcept : message_(std::move(e)) {}

  void deliver(cell& at) override {
    if (message_->reply && message_->reply->is_settled()) return;  // nobody waits any more
    sys::answer(at, *message_);
  }
  void refused(cell& at) noexcept override {
    at.env().dead_letter(std::move(message_), at.path(), errc::stopped);
  }

 private:
  engine::envelope_ptr message_;
};

}  // namespace

void sys_address::post(engine::envelope_ptr e) noexcept {
  if (const cell_ptr to = who_->here()) return to->send(new sys_signal{std::move(e)});
  if (who_->is_elsewhere()) return who_->post(std::move(e));  // SM3
  environment* const system = who_->home();
  // A path of this system that nobody has, or an actor that lives elsewhere.
  const bool ours = who_->path().starts_with('/');
  error why = ours ? error{errc::stopped}
                   : error{errc::invalid,
                           "system messages reach actors of troupe only, and " + who_->path() + " is none"};
  if (system) return system->dead_letter(std::move(e), who_->path(), std::move(why));
  if (const auto slot = std::move(e->reply)) slot->fail(std::move(why));
}

}  // namespace troupe::detail
