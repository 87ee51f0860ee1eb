#include <troupe/config/item.hpp>
#include <troupe/config/text.hpp>

namespace troupe {

namespace {

constexpr std::string_view star_part = ".*.";

}  // namespace

bool is_item_key(std::string_view key) noexcept { return key.find(star_part) != std::string_view::npos; }

std::string_view config_group(std::string_view key) noexcept { return key.substr(0, key.find(star_part)); }

std::string config_item_key(std::string_view key, std::string_view item) {
  const std::string_view group = config_group(key);
  return std::string{group} + '.' + configuration::toml_key(item) +
         std::string{key.substr(group.size() + star_part.size() - 1)};
}

namespace configuration {

std::optional<std::string_view> item_in(std::string_view key, std::string_view name) noexcept {
  if (!is_item_key(key)) return std::nullopt;
  const std::size_t before = config_group(key).size() + 1;  // with the dot
  const std::string_view behind = key.substr(before + 1);   // without the star
  if (name.size() <= before + behind.size() || name.substr(0, before) != key.substr(0, before) ||
      !name.ends_with(behind))
    return std::nullopt;
  return name.substr(before, name.size() - before - behind.size());
}

}  // namespace configuration

}  // namespace troupe
