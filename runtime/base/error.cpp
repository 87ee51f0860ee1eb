#include <boost/core/demangle.hpp>
#include <ostream>
#include <troupe/base/error.hpp>
#include <troupe/base/throw_site.hpp>
#include <typeinfo>
#include <utility>

#include <cxxabi.h>

namespace troupe {

namespace {

constexpr std::pair<errc, std::string_view> code_names[] = {
    {errc::timeout, "timeout"},
    {errc::stopped, "stopped"},
    {errc::restarted, "restarted"},
    {errc::unreachable, "unreachable"},
    {errc::overloaded, "overloaded"},
    {errc::cancelled, "cancelled"},
    {errc::cycle, "cycle"},
    {errc::broken_promise, "broken_promise"},
    {errc::handler_failed, "handler_failed"},
    {errc::not_understood, "not_understood"},
    {errc::mailbox_full, "mailbox_full"},
    {errc::expired, "expired"},
    {errc::decode_error, "decode_error"},
    {errc::start_failed, "start_failed"},
    {errc::invalid, "invalid"},
    {errc::not_found, "not_found"},
    {errc::already_exists, "already_exists"},
    {errc::would_block, "would_block"},
    {errc::closed, "closed"},
    {errc::io, "io"},
    {errc::disk_full, "disk_full"},
    {errc::refused, "refused"},
    {errc::not_permitted, "not_permitted"},
};

/// The exception that is being handled.
error described(errc code) {
  try {
    throw;
  } catch (const failed& e) {
    return e.why();
  } catch (const std::exception& e) {
    return {code, e.what(), demangle(typeid(e).name()), {}};
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return {code, "an exception that is no std::exception", type ? demangle(type->name()) : "unknown", {}};
  }
}

}  // namespace

std::string_view to_string(errc code) noexcept {
  for (const auto& [c, name] : code_names)
    if (c == code) return name;
  return "unknown";
}

errc errc_from_string(std::string_view name) noexcept {
  for (const auto& [c, n] : code_names)
    if (n == name) return c;
  return errc::invalid;
}

std::string to_string(const error& e) {
  std::string out{to_string(e.code)};
  if (!e.path.empty()) out += " at " + e.path;
  if (!e.type.empty()) out += ": " + e.type;
  if (!e.text.empty()) out += ": " + e.text;
  return out;
}

std::ostream& operator<<(std::ostream& to, const error& e) { return to << to_string(e); }

void throw_exception_from_error(const error& e, const boost::source_location&) { throw failed{e}; }

std::string demangle(const char* mangled) { return boost::core::demangle(mangled); }

error current_exception_error(errc code) {
  auto site = throw_site::of_current_exception();
  error out = described(code);
  // One that was carried here in a `failed` may have its own already.
  if (site && !out.thrown_at) out.thrown_at = std::move(site);
  return out;
}

}  // namespace troupe
