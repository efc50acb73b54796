#!/bin/sh
# A repository, two clones of it, and what one of them has pushed.
set -eu
export GIT_CONFIG_GLOBAL=/tmp/gitconfig
git config --global user.name visitor
git config --global user.email visitor@example.org
git config --global init.defaultBranch trunk
cd /tmp
git init -q first
seq 10000 >first/numbers
git -C first add .
git -C first commit -q -m 'Count'
git clone -q --bare first bare.git
git clone -q --no-local /tmp/bare.git second # by upload-pack, through pipes
echo end >>second/numbers
git -C second commit -q -a -m 'End'
git -C second push -q
git -C bare.git gc -q
git -C bare.git fsck --strict
git clone -q bare.git third
git -C third log --format=%s
tail -n 1 third/numbers
