#!/bin/sh
# The project's own first step, made and run inside.
set -eu
cp -r /project /tmp/project
cd /tmp/project
make -s -C step01-chroot BUILD=../build
build/step01 --help | head -n 1
build/step01 / echo 'in a root of its own'
