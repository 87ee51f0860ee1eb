// Refs without cells, for targets that read messages with refs in them: a token is an address that knows its number, run and path, and leads nowhere.
// It stands for the library's names and addresses, which a fuzz target is not linked to; so one source file of a target includes it.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>
#include <troupe/cell/ref_token.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/ref/codec.hpp>

namespace fuzz {

/// Whom a token names.
class named final : public troupe::address {
 public:
  explicit named(std::string_view token) : token_(token) {
    const auto what = troupe::ref_token::parse(token_);
    number_ = what->number;
    run_ = what->incarnation;
  }
  void post(troupe::engine::envelope_ptr) noexcept override {}
  std::string path() const override { return token_; }
  troupe::cell_ptr here() noexcept override { return {}; }
  troupe::environment* home() const noexcept override { return nullptr; }
  std::uint64_t number() const noexcept override { return number_; }
  std::uint64_t run() const noexcept override { return run_; }
  std::string token() override { return token_; }
  void add_reference() noexcept override { ++references_; }
  void release_reference() noexcept override {
    if (--references_ == 0) delete this;
  }

 private:
  ~named() = default;

  const std::string token_;
  std::uint64_t number_ = 0, run_ = 0;
  std::atomic<unsigned> references_{0};
};

}  // namespace fuzz

namespace troupe {

std::uint64_t address::watch_from_outside(address&, bool) { return 0; }
std::uint64_t address::link_number(cell&, bool) { return 0; }
bool address::link_from_outside(cell&, std::uint64_t, std::uint32_t, bool) { return false; }
std::uint64_t address::run() const noexcept { return 0; }
const actor_class* address::understands() noexcept { return nullptr; }
address_ptr address::offered(engine::envelope_ptr&) noexcept { return {}; }
std::uint64_t address::waiting() noexcept { return 0; }
std::string address::token() { return {}; }

std::strong_ordering operator<=>(const any_ref& a, const any_ref& b) noexcept {
  const auto text = [](const any_ref& r) { return r.address() ? r.address()->token() : std::string{}; };
  return text(a) <=> text(b);
}

std::string detail::ref_to_text(const any_ref& r, const void*) {
  return r.address() ? r.address()->token() : std::string{};
}

std::string_view detail::ref_to_text(const any_ref& r, const void* context, void*, std::string& room) {
  return room = ref_to_text(r, context);
}

address_ptr detail::ref_from_text(std::string_view text, const void*, const char*& why, const void*) {
  if (text.empty()) return {};
  if (ref_token::parse(text)) return address_ptr{new fuzz::named{text}};
  why = "no token";
  return {};
}

}  // namespace troupe
