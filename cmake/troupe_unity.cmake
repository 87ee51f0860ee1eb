# Files of one folder compiled together, eight at a time: most of what a file costs the compiler is what it includes, and that is read
# and instantiated once for all eight. The presets with tests do so (`TROUPE_UNITY`); `debug` compiles each file by itself, so that
# there an include which is missing does not hide.
#
# So that files can stand together, the code of a test file is in a namespace of its own, named after folder and file.
option(TROUPE_UNITY "Compile the files of a folder together" OFF)

# troupe_unite(TARGET [APART FILE...]): lets TARGET's files be compiled together, but for those that can't stand beside their neighbours.
function(troupe_unite target)
  if(NOT TROUPE_UNITY)
    return()
  endif()
  cmake_parse_arguments(unite "" "" "APART" ${ARGN})
  get_target_property(sources ${target} SOURCES)
  set(folders)
  foreach(source IN LISTS sources)
    if(source IN_LIST unite_APART OR NOT source MATCHES "\\.cpp$")
      continue()
    endif()
    get_filename_component(path ${source} ABSOLUTE)
    get_filename_component(folder ${path} DIRECTORY)
    string(MD5 key ${folder})
    list(APPEND folders ${key})
    list(APPEND in_${key} ${source})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(key IN LISTS folders)
    list(LENGTH in_${key} count)
    math(EXPR groups "(${count} + 7) / 8")
    set(at 0)
    foreach(source IN LISTS in_${key})
      math(EXPR group "${at} * ${groups} / ${count}")
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${key}_${group}")
      math(EXPR at "${at} + 1")
    endforeach()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # What a template of a header makes of a type of one of the files is not seen outside of it, whatever file stands above.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()
