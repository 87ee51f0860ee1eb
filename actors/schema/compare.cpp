#include <algorithm>
#include <cstddef>
#include <troupe/schema/compare.hpp>
#include <troupe/schema/compare_fields.hpp>

namespace troupe::schema {

namespace {

bool has(const std::vector<std::string>& in, const std::string& name) {
  return std::find(in.begin(), in.end(), name) != in.end();
}

class set_comparison {
 public:
  set_comparison(const contract_set& was, const contract_set& now) : was_(was), now_(now) {}

  std::vector<change> run() && {
    compare_actors();
    compare_messages();
    for (const type& old_type : was_.types)
      if (const type* const new_type = find(now_.types, old_type.name)) compare_type(old_type, *new_type);
    return std::move(out_);
  }

 private:
  void add(change_kind kind, const std::string& subject, std::string what) {
    out_.push_back({kind, subject, std::move(what)});
  }

  void compare_actors() {
    for (const actor& old_actor : was_.actors) {
      const actor* const new_actor = find(now_.actors, old_actor.name);
      if (!new_actor) {
        add(change_kind::actor_removed, old_actor.name, "the actor is gone");
        continue;
      }
      // A message that nobody accepts any more is told once, by itself.
      for (const std::string& name : old_actor.messages)
        if (!has(new_actor->messages, name) && find(now_.messages, name))
          add(change_kind::message_refused, old_actor.name, "does not accept " + name + " any more");
      for (const std::string& name : new_actor->messages)
        if (!has(old_actor.messages, name) && find(was_.messages, name))
          add(change_kind::message_accepted, old_actor.name, "accepts " + name);
    }
    for (const actor& new_actor : now_.actors)
      if (!find(was_.actors, new_actor.name)) add(change_kind::actor_added, new_actor.name, "is a new actor");
  }

  void compare_messages() {
    std::vector<std::string> renamed;
    for (const message& old_message : was_.messages) {
      if (const message* const new_message = find(now_.messages, old_message.name)) {
        compare_message(old_message, *new_message);
      } else if (old_message.local) {
        continue;  // nobody else could send it (CS3)
      } else if (const message* const other = twin_of(old_message)) {
        renamed.push_back(other->name);
        add(change_kind::message_renamed, old_message.name, "is called " + other->name);
      } else {
        add(change_kind::message_removed, old_message.name, "nobody accepts it any more");
      }
    }
    for (const message& new_message : now_.messages)
      if (!new_message.local && !find(was_.messages, new_message.name) && !has(renamed, new_message.name))
        add(change_kind::message_added, new_message.name, "is a new message");
  }

  // A message that is new and has the fields of one that went.
  const message* twin_of(const message& old_message) const {
    const type* const shape = find(was_.types, old_message.name);
    if (!shape) return nullptr;
    for (const message& candidate : now_.messages) {
      const type* const other = find(now_.types, candidate.name);
      if (other && !find(was_.messages, candidate.name) && other->kind == shape->kind &&
          other->fields == shape->fields)
        return &candidate;
    }
    return nullptr;
  }

  void compare_message(const message& old_message, const message& new_message) {
    const std::string& name = old_message.name;
    if (old_message.local != new_message.local)
      return add(new_message.local ? change_kind::message_made_local : change_kind::message_made_remote, name,
                 new_message.local ? "has no codec any more" : "has a codec now");
    if (new_message.local) return;
    // A reply arrives under the hash of its spelling, so a wider one is another type.
    if (old_message.reply != new_message.reply)
      add(change_kind::reply_changed, name,
          "its reply " + old_message.reply + " became " + new_message.reply);
  }

  void compare_type(const type& old_type, const type& new_type) {
    const std::string& name = old_type.name;
    if (old_type.kind != new_type.kind)
      return add(change_kind::kind_changed, name,
                 new_type.kind == type_kind::record ? "an enum became a struct" : "a struct became an enum");
    if (old_type.kind == type_kind::enumeration) return compare_enum(old_type, new_type);
    const std::size_t before = out_.size();
    compare_fields(old_type, was_, new_type, now_, out_);
    // An initialiser is no part of the form.
    const bool changed = std::any_of(out_.begin() + static_cast<std::ptrdiff_t>(before), out_.end(),
                                     [](const change& c) { return c.kind != change_kind::initial_changed; });
    const std::string versions =
        "version " + std::to_string(old_type.version) + " became " + std::to_string(new_type.version);
    if (new_type.version < old_type.version) add(change_kind::version_lowered, name, versions);
    if (new_type.version == old_type.version && changed)
      add(change_kind::version_not_raised, name, "is still version " + std::to_string(old_type.version));
    if (new_type.version > old_type.version && !changed) add(change_kind::version_raised, name, versions);
  }

  void compare_enum(const type& old_type, const type& new_type) {
    const std::string what = old_type.underlying + " became " + new_type.underlying;
    const type_change underlying = compare_types(old_type.underlying, was_, new_type.underlying, now_);
    if (underlying == type_change::widened)
      add(change_kind::underlying_widened, old_type.name, what);
    else if (underlying != type_change::none)
      add(change_kind::underlying_changed, old_type.name, what);
    std::vector<std::string> renamed;
    for (const field& value : old_type.fields) {
      const std::string subject = old_type.name + "." + value.name;
      if (const field* const same = find(new_type.fields, value.name)) {
        if (same->number != value.number)
          add(change_kind::value_renumbered, subject,
              std::to_string(value.number) + " became " + std::to_string(same->number));
      } else if (const field* const other = numbered(old_type, new_type, value.number)) {
        renamed.push_back(other->name);
        add(change_kind::value_renamed, subject, "is called " + other->name);
      } else {
        add(change_kind::value_removed, subject, "was removed");
      }
    }
    for (const field& value : new_type.fields)
      if (!find(old_type.fields, value.name) && !has(renamed, value.name))
        add(change_kind::value_added, old_type.name + "." + value.name, "is a new value");
  }

  // The value of that number that has a new name.
  static const field* numbered(const type& old_type, const type& new_type, std::int64_t number) {
    for (const field& value : new_type.fields)
      if (value.number == number && !find(old_type.fields, value.name)) return &value;
    return nullptr;
  }

  const contract_set& was_;
  const contract_set& now_;
  std::vector<change> out_;
};

}  // namespace

std::vector<change> compare(const contract_set& was, const contract_set& now) {
  return set_comparison{was, now}.run();
}

}  // namespace troupe::schema
