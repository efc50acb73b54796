# How all C files are compiled: the steps, the tests and the attacks include this, and lint too.

C_LANGUAGE = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
C_WARNINGS = -Wall -Wextra -Wpedantic -Wshadow
# And what headers a file includes is written beside its object.
C_FLAGS = $(C_LANGUAGE) $(C_WARNINGS) -MMD -MP

CFLAGS ?= -O2 -g
