// The one source of this room that includes CAF, and only what CAF documents for users: type-erased values and
// messages.
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/duration.hpp>
#include <caf/execution_unit.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>
#include <caf/serializer.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/type_erased_value.hpp>
#include <caf/type_nr.hpp>
#include <caf/uniform_type_info_map.hpp>
#include <caf/unit.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <troupe/contract/caf.hpp>
#include <troupe/contract/caf_atom.hpp>
#include <troupe/contract/caf_bridge.hpp>
#include <troupe/contract/unit.hpp>
#include <typeinfo>
#include <utility>
#include <vector>

namespace troupe::detail {

namespace {

/// What CAF knows of a type itself: its number, and how to make a message of it.
struct builtin {
  std::uint16_t number = 0;
  caf::message (*make)(const void* at) = nullptr;
};

template <class T>
caf::message make_builtin(const void* at) {
  return caf::make_message(*static_cast<const T*>(at));
}

template <class T>
bool is_builtin(const std::type_info& rtti, builtin& out) {
  if (rtti != typeid(T)) return false;
  out = {caf::type_nr<T>::value, &make_builtin<T>};
  return true;
}

template <class... Ts>
builtin find_builtin(const std::type_info& rtti) {
  builtin out;
  static_cast<void>((is_builtin<Ts>(rtti, out) || ...));
  return out;
}

/// CAF's entry for the type; number 0 when it has none. Of CAF's own types only those a user's message may
/// be.
builtin builtin_of(const caf_operations& ops) {
  if (ops.own) return {};
  return find_builtin<std::string, std::int64_t, bool, double, std::uint64_t, std::int32_t, std::uint32_t,
                      std::int16_t, std::uint16_t, std::int8_t, std::uint8_t, float, long double,
                      std::vector<std::string>, std::vector<char>, std::map<std::string, std::string>,
                      std::set<std::string>, caf::timespan, caf::timestamp, std::u16string, std::u32string,
                      caf::actor, caf::atom_value, caf::duration, caf::unit_t>(*ops.rtti);
}

caf::error cannot_serialise(const message_type& type) {
  return caf::make_error(
      caf::sec::unknown_type,
      std::string{type.name} +
          " travels between troupe nodes; to go through CAF's own middleman it must be among "
          "basp_options::types");
}

/// Writes the value at `at` as the system that writes knows its type.
caf::error save_announced(const caf_operations& ops, const void* at, caf::serializer& to);

/// A copy of a value in memory of its own.
class copied_value final : public caf::type_erased_value {
 public:
  copied_value(const caf_operations& ops, const void* from) : ops_(ops), memory_(allocate(*ops.type)) {
    try {
      ops_.copy(memory_, from);
    } catch (...) {
      release();
      throw;
    }
  }
  copied_value(const copied_value&) = delete;
  copied_value& operator=(const copied_value&) = delete;
  ~copied_value() override {
    ops_.type->end(memory_);
    release();
  }

  void* get_mutable() override { return memory_; }
  const void* get() const override { return memory_; }
  caf::rtti_pair type() const override { return {0, ops_.rtti}; }
  caf::error load(caf::deserializer&) override { return cannot_serialise(*ops_.type); }
  caf::error save(caf::serializer& to) const override { return save_announced(ops_, memory_, to); }
  std::string stringify() const override { return std::string{ops_.type->name}; }
  caf::type_erased_value_ptr copy() const override {
    return caf::type_erased_value_ptr{new copied_value(ops_, memory_)};
  }

 private:
  static void* allocate(const message_type& type) {
    return ::operator new (type.size, std::align_val_t{type.align});
  }
  void release() noexcept { ::operator delete (memory_, std::align_val_t{ops_.type->align}); }

  const caf_operations& ops_;
  void* memory_;
};

/// A value that somebody else owns, seen as a tuple of one: CAF copies its messages from such views.
class value_view final : public caf::type_erased_tuple {
 public:
  value_view(const caf_operations& ops, const void* at) : ops_(ops), at_(at) {}

  // CAF only reads what it copies from.
  void* get_mutable(std::size_t) override { return nullptr; }
  const void* get(std::size_t) const noexcept override { return at_; }
  std::size_t size() const noexcept override { return 1; }
  std::uint32_t type_token() const noexcept override { return caf::add_to_type_token(0xFFFFFFFF, 0); }
  caf::rtti_pair type(std::size_t) const noexcept override { return {0, ops_.rtti}; }
  caf::error load(std::size_t, caf::deserializer&) override { return cannot_serialise(*ops_.type); }
  caf::error save(std::size_t, caf::serializer& to) const override { return save_announced(ops_, at_, to); }
  std::string stringify(std::size_t) const override { return std::string{ops_.type->name}; }
  caf::type_erased_value_ptr copy(std::size_t) const override {
    return caf::type_erased_value_ptr{new copied_value(ops_, at_)};
  }

 private:
  const caf_operations& ops_;
  const void* at_;
};

caf::error save_announced(const caf_operations& ops, const void* at, caf::serializer& to) {
  if (!to.context()) return cannot_serialise(*ops.type);
  const caf::type_erased_value_ptr known = to.context()->system().types().make_value(*ops.rtti);
  if (!known) return cannot_serialise(*ops.type);
  if (const auto* const ours = dynamic_cast<const announced_value*>(known.get()))
    return ours->save_from(at, to);
  // Announced with CAF's own add_message_type: CAF writes what is in a value of its own.
  copied_value copy{ops, at};
  ops.type->end(known->get_mutable());
  ops.move(known->get_mutable(), copy.get_mutable());
  return known->save(to);
}

}  // namespace

void put_into_caf(const caf_operations& ops, const void* at, caf::message& to) {
  if (*ops.rtti == typeid(unit))
    to = caf::message{};
  else if (const builtin known = builtin_of(ops); known.make)
    to = known.make(at);
  else
    to = caf::message::copy(value_view{ops, at});
}

bool take_from_caf(const caf_operations& ops, void* at, caf::type_erased_tuple& from) {
  if (*ops.rtti == typeid(unit)) {
    if (!from.empty()) return false;
    ::new (at) unit{};
    return true;
  }
  if (from.size() != 1) return false;
  const builtin known = builtin_of(ops);
  if (!from.matches(0, known.number, known.make ? nullptr : ops.rtti)) return false;
  if (from.shared())
    ops.copy(at, from.get(0));
  else
    ops.move(at, from.get_mutable(0));
  return true;
}

// ---- messages of an atom and values (caf_atom.hpp)

void put_atom(std::string_view atom, caf::message& to) {
  to = caf::make_message(caf::atom_from_string(std::string{atom}));
}

void add_element(const caf_operations& ops, const void* at, caf::message& to) {
  caf::message one;
  put_into_caf(ops, at, one);
  to += one;
}

bool is_atom_with(std::string_view atom, std::size_t fields, const caf::type_erased_tuple& from) {
  if (from.size() != fields + 1 || !from.matches(0, caf::type_nr<caf::atom_value>::value, nullptr))
    return false;
  return *static_cast<const caf::atom_value*>(from.get(0)) == caf::atom_from_string(std::string{atom});
}

const void* element_at(const caf_operations& ops, std::size_t place, const caf::type_erased_tuple& from) {
  const builtin known = builtin_of(ops);
  return from.matches(place, known.number, known.make ? nullptr : ops.rtti) ? from.get(place) : nullptr;
}

}  // namespace troupe::detail
