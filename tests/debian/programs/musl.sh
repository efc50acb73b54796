#!/bin/sh
# The other family of images has the C library musl, which chooses its system calls otherwise.
set -eu
for compiler in gcc musl-gcc; do
    $compiler -o /tmp/calls /programs/calls.c
    readelf -p .interp /tmp/calls | grep -o 'ld-[a-z]*'
    /tmp/calls
done
