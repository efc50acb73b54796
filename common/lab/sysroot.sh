#!/bin/sh
# Print the folder with the headers and libraries of ARCH (see arch.sh), which the compiler for it takes
# in place of this machine's: sysroot.sh. The steps need none of it, but their tests do.
set -eu
umask 022
lab=$(realpath "$(dirname "$0")")
. "$lab/vm-errors.sh"
. "$lab/arch.sh"

archive=$(sh "$lab/packages.sh" tests)
sysroot=$(realpath "$lab/../..")/$build/sysroot
if [ -z "$(find "$sysroot" -prune -newer "$archive" 2>/dev/null)" ]; then
    say "unpacking them in $build/sysroot"
    rm -rf "$sysroot" "$sysroot.new"
    mkdir "$sysroot.new"
    tar -xf "$archive" -C "$sysroot.new"
    touch "$sysroot.new"
    mv "$sysroot.new" "$sysroot"
fi
echo "$sysroot"
