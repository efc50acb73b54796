#!/bin/sh
# Attack step05 in the lab, in a browser without a network, by root and by student: attacks.sh FILE [ROW...].
# The lab has no attacks on its disk, since a reader downloads all of that. They come on what the disk has
# behind its file system (machine.sh). The exit status is 1 for an open row, and 77 without a browser.
set -eu
folder=$(realpath "$(dirname "$0")")
here=$folder/..
# shellcheck source=../browser.sh
. "$here/browser.sh"
# shellcheck source=../npm.sh
. "$here/npm.sh"
file=$(realpath "$1")
npm_install "$(dirname "$1")"
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# An ordinary user has no network in a user namespace.
alone='unshare --net'
[ "$(id -u)" -eq 0 ] || alone='unshare --map-root-user --net'

start=$(date +%s)
cd "$here/../.."
tar -cf "$work/attacks.tar" --owner=0 --group=0 --mode=a+x --transform 's,^build/i386,build,' \
    --transform 's,^[bt],project/&,' --transform 's,^common/lab/vm-su$,usr/local/bin/su,' \
    common/lab/vm-su tests/attacks build/i386/tests/attacks/attack
NODE_PATH=$tools/node_modules $alone node "$folder/attacks.js" "$browser" "$file" "$work/attacks.tar" \
    "$(stat -c %s build/i386/vm/lab/root.img)" "$@"
echo "This took $(($(date +%s) - start)) s."
