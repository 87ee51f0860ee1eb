// A value of a message with a contract, as CAF's middleman handles it.
#pragma once

#include <caf/deserializer.hpp>
#include <caf/serializer.hpp>
#include <exception>
#include <string>
#include <troupe/basp/caf_fields.hpp>
#include <troupe/contract/caf.hpp>
#include <troupe/contract/type_name.hpp>
#include <typeinfo>

namespace troupe::detail {

/// See above. What a peer has sent and is none of these is an error, whatever happens on the way (R8): CAF ends with an exception.
template <class M>
class announced final : public announced_value {
 public:
  announced() = default;
  explicit announced(const M& value) : value_(value) {}

  void* get_mutable() override { return &value_; }
  const void* get() const override { return &value_; }
  caf::rtti_pair type() const override { return {0, &typeid(M)}; }
  std::string stringify() const override { return std::string{type_name_of<M>}; }
  caf::type_erased_value_ptr copy() const override {
    return caf::type_erased_value_ptr{new announced(value_)};
  }

  caf::error save(caf::serializer& to) const override { return save_from(&value_, to); }
  caf::error save_from(const void* at, caf::serializer& to) const override {
    caf_writer out{to};
    out.put(*static_cast<const M*>(at));
    return out.take_error();
  }
  caf::error load(caf::deserializer& from) override {
    try {
      caf_reader in{from};
      in.get(value_);
      return in.take_error();
    } catch (const std::exception& e) {
      return caf_refusal(e.what());
    }
  }

 private:
  M value_{};
};

}  // namespace troupe::detail
