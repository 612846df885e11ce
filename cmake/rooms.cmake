# chatelaine_room(NAME [ROOMS room...] [LIBS lib...])
#
# One folder src/NAME, one static library chatelaine_NAME (slashes become underscores), its unit
# tests beside the code in one binary. A room is linked with the rooms it names and nothing else;
# src/rooms.txt says which floor each stands on and tools/tidy holds the includes to it.
function(chatelaine_room NAME)
    cmake_parse_arguments(ROOM "" "" "ROOMS;LIBS" ${ARGN})
    string(REPLACE "/" "_" ID "${NAME}")
    set(DIR "${CMAKE_SOURCE_DIR}/src/${NAME}")
    file(GLOB SOURCES CONFIGURE_DEPENDS "${DIR}/*.cpp")
    set(TESTS ${SOURCES})
    list(FILTER SOURCES EXCLUDE REGEX "(_(test|bench|bench_server)|^main|/main)\\.cpp$")
    list(FILTER TESTS INCLUDE REGEX "_test\\.cpp$")

    set(DEPENDS "")
    foreach(R ${ROOM_ROOMS})
        string(REPLACE "/" "_" R_ID "${R}")
        list(APPEND DEPENDS "chatelaine_${R_ID}")
    endforeach()

    if(SOURCES)
        add_library(chatelaine_${ID} STATIC ${SOURCES})
        target_link_libraries(chatelaine_${ID} PUBLIC chatelaine_flags ${DEPENDS} PRIVATE ${ROOM_LIBS})
        chatelaine_use_headers(chatelaine_${ID} code)
    else()
        add_library(chatelaine_${ID} INTERFACE)
        target_link_libraries(chatelaine_${ID} INTERFACE chatelaine_flags ${DEPENDS} ${ROOM_LIBS})
    endif()

    if(CHATELAINE_TESTS AND TESTS)
        add_executable(chatelaine_${ID}_tests ${TESTS})
        target_link_libraries(chatelaine_${ID}_tests PRIVATE
            chatelaine_${ID} ${ROOM_LIBS} GTest::gtest GTest::gtest_main
            ${CHATELAINE_RAPIDCHECK} Threads::Threads)
        target_compile_options(chatelaine_${ID}_tests PRIVATE -Wno-conversion -Wno-sign-conversion)
        chatelaine_use_headers(chatelaine_${ID}_tests tests)
        add_test(NAME ${ID} COMMAND chatelaine_${ID}_tests)
    endif()

    # x_bench.cpp: built by name only (ninja chatelaine_ROOM_bench), and where Google Benchmark is.
    file(GLOB BENCHES CONFIGURE_DEPENDS "${DIR}/*_bench.cpp")
    find_package(benchmark QUIET)
    if(BENCHES AND benchmark_FOUND)
        add_executable(chatelaine_${ID}_bench EXCLUDE_FROM_ALL ${BENCHES})
        target_link_libraries(chatelaine_${ID}_bench PRIVATE
            chatelaine_${ID} ${ROOM_LIBS} benchmark::benchmark Threads::Threads)
    endif()
endfunction()
