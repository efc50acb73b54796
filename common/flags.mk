# All C files are compiled so: the steps, the tests, the attacks and lint include this file.

C_LANGUAGE = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
C_WARNINGS = -Wall -Wextra -Wpedantic -Wshadow
# -MMD writes the headers that a file includes beside its object.
C_FLAGS = $(C_LANGUAGE) $(C_WARNINGS) -MMD -MP

CFLAGS ?= -O2 -g
