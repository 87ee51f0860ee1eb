#include <troupe/ref/named.hpp>
#include <troupe/services/messages.hpp>
#include <troupe/services/shared_services.hpp>
#include <troupe/system/system.hpp>

namespace troupe {

result<std::vector<shared_with>> shared_services_now(system& sys, duration timeout) {
  return ref_to<list_shared>(sys.env(), std::string{services_path}).ask(list_shared{}, timeout).get();
}

}  // namespace troupe
