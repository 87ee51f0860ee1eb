// Keys that there are as many of as somebody writes down: `dispatcher.*.kind` stands for the `kind` of each table
// `[dispatcher.NAME]`. What stands for the `*` is called an item. Pure functions of names.
//
// Rules
//  I1 A key with the part `*`, neither first nor last, is one key for each item; what stands before the `*` is the group of
//     these keys. An item that any source names, be it with an empty table, has all keys of its group.
//  I2 An item may be any text that is not empty: `[actor."/user/kv"]` in the file, `--actor./user/kv.dispatcher` on the
//     command line. The environment can't name items: what is upper case and underscores there may be several here.
//  I3 The name of an item's key is written as the file writes it: `actor."/user/kv".dispatcher`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Whether `key` is one for each item (I1).
bool is_item_key(std::string_view key) noexcept;

/// The group of such a key: `dispatcher` for `dispatcher.*.kind`. REQUIRES: it is one.
std::string_view config_group(std::string_view key) noexcept;

/// The name of one item's key (I3): `dispatcher.disk.kind` for `dispatcher.*.kind` and `disk`. REQUIRES: it is a key of items.
std::string config_item_key(std::string_view key, std::string_view item);

namespace configuration {

/// The item in `name`, written without quotes, if it is the name of the item's `key`.
std::optional<std::string_view> item_in(std::string_view key, std::string_view name) noexcept;

}  // namespace configuration

}  // namespace troupe
