# Precompiled headers: what nearly every source includes is parsed once for all rooms. The code names
# its includes all the same; builds with a sanitizer go without, so that a missing one is found.
option(CHATELAINE_PCH "precompile the standard headers" ON)
if(NOT CHATELAINE_SANITIZE STREQUAL "")
    set(CHATELAINE_PCH OFF)
endif()

set(CHATELAINE_STANDARD_HEADERS
    <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <span>
    <string> <string_view> <unordered_map> <utility> <variant> <vector>)

# chatelaine_precompiled_headers(KIND HEADERS header... [LIBS lib...]): a target whose only use is
# that others take its headers over.
function(chatelaine_precompiled_headers KIND)
    cmake_parse_arguments(PCH "" "" "HEADERS;LIBS;OPTIONS" ${ARGN})
    set(SOURCE "${CMAKE_BINARY_DIR}/headers/${KIND}.cpp")
    if(NOT EXISTS "${SOURCE}")
        file(WRITE "${SOURCE}" "// Nothing: the target is there for its headers.\n")
    endif()
    add_library(chatelaine_headers_${KIND} OBJECT "${SOURCE}")
    target_link_libraries(chatelaine_headers_${KIND} PRIVATE chatelaine_flags ${PCH_LIBS})
    target_compile_options(chatelaine_headers_${KIND} PRIVATE ${PCH_OPTIONS})
    target_precompile_headers(chatelaine_headers_${KIND} PRIVATE ${PCH_HEADERS})
endfunction()

if(CHATELAINE_PCH)
    chatelaine_precompiled_headers(code HEADERS ${CHATELAINE_STANDARD_HEADERS})
    if(CHATELAINE_TESTS)
        chatelaine_precompiled_headers(tests
            HEADERS ${CHATELAINE_STANDARD_HEADERS} <gtest/gtest.h> <rapidcheck.h>
            LIBS GTest::gtest
            OPTIONS -Wno-conversion -Wno-sign-conversion)
    endif()
endif()

# chatelaine_use_headers(TARGET KIND): code or tests.
function(chatelaine_use_headers TARGET KIND)
    if(CHATELAINE_PCH)
        target_precompile_headers(${TARGET} REUSE_FROM chatelaine_headers_${KIND})
    endif()
endfunction()
