# All C files are compiled so: the steps, the tests, the attacks and lint include this file.

C_LANGUAGE = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
C_WARNINGS = -Wall -Wextra -Wpedantic -Wshadow
# The project's folder is "." in what a debugger reads. So the same source gives the same program in
# any folder, to the byte.
PROJECT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
PREFIX_MAP ?= -ffile-prefix-map=$(PROJECT)=.
# -MMD writes the headers that a file includes beside its object.
C_FLAGS = $(C_LANGUAGE) $(C_WARNINGS) $(PREFIX_MAP) -MMD -MP

CFLAGS ?= -O2 -g

# This compiles what the build itself runs: CC can be for another architecture.
HOSTCC ?= cc

# A mistake in a program that root calls shall end it, and be of no more use. It has no fixed addresses
# (PIE), sees that a return address was written over (stack protector), checks the room of a buffer
# that it knows (fortify), and its table of functions is read-only once it runs (relro, now).
# Level 3 of fortify needs gcc 12: with gcc 11, as in Ubuntu 22.04, each file would warn of it. All
# levels need an optimised build: for -O0 say HARDENING=-fPIE.
HARDENING ?= -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
# What a debugger reads is a third of the file; compressed, it is less than half of that.
LINK_MODE ?= -static-pie -Wl,-z,relro,-z,now -Wl,--compress-debug-sections=zlib
