# cmake -DPROGRAM=… -DFILE=… -P check_reference.cmake
# Fails unless FILE is what `PROGRAM print-reference` prints.
execute_process(COMMAND "${PROGRAM}" print-reference OUTPUT_VARIABLE MADE RESULT_VARIABLE STATUS)
if(NOT STATUS EQUAL 0)
    message(FATAL_ERROR "print-reference ended with ${STATUS}")
endif()
file(READ "${FILE}" KEPT)
if(NOT MADE STREQUAL KEPT)
    message(FATAL_ERROR "${FILE} is not what the operation table says; write it anew with\n"
                        "  ${PROGRAM} print-reference > ${FILE}")
endif()
