# Precompiled headers, for the presets with sanitizers and for debugging: the headers of others, with which most units spend
# more time than with their own lines. Ours are not among them, so a change of ours compiles what includes it and nothing
# else. OFF for users, and in the preset `release`, where files of a folder are compiled together instead (troupe_unity.cmake). (With optimization g++ 12
# also forgets that what it inlines from a precompiled header is a system's, and warns of it.)
#
# <filesystem> is left out on purpose: it brings std::quoted, which is found for any std::string by its argument.
option(TROUPE_PCH "Precompile the headers of others" OFF)

set(TROUPE_PCH_HEADERS
    <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <coroutine> <cstdint> <deque> <functional> <map>
    <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple> <unordered_map> <unordered_set>
    <utility> <variant> <vector> <boost/container/static_vector.hpp> <boost/intrusive/set.hpp>
    <boost/smart_ptr/intrusive_ptr.hpp> <boost/smart_ptr/intrusive_ref_counter.hpp> <boost/system/result.hpp>
    <caf/actor_system.hpp> <caf/event_based_actor.hpp> <caf/monitorable_actor.hpp>)

# troupe_use_pch(TARGET SET [HEADER ...]): lets TARGET use the precompiled headers SET, which are those above and HEADER.
# Who asks for a SET first makes it: an empty library that others reuse them from, compiled with the flags that whoever
# uses the library `troupe` has, since they can't be read with other ones.
function(troupe_use_pch target set)
  if(NOT TROUPE_PCH)
    return()
  endif()
  if(NOT TARGET ${set})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch/${set}.cpp CONTENT "// Empty: for its precompiled headers.\n")
    add_library(${set} OBJECT ${CMAKE_BINARY_DIR}/pch/${set}.cpp)
    target_compile_features(${set} PRIVATE cxx_std_20)
    target_compile_options(${set} PRIVATE $<TARGET_PROPERTY:troupe,INTERFACE_COMPILE_OPTIONS>)
    target_link_libraries(${set} PRIVATE troupe_caf::core Boost::headers Threads::Threads troupe_warnings)
    target_precompile_headers(${set} PRIVATE ${TROUPE_PCH_HEADERS} ${ARGN})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${set})
endfunction()
