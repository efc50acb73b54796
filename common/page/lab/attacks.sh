#!/bin/sh
# Attack step05 in the lab, in a browser without a network, by root and by student: attacks.sh FILE [ROW...].
# The lab's disk has no attacks, since each reader downloads the whole disk. So the browser writes them behind its
# file system, where machine.sh leaves room. vm-su comes along: vm.sh becomes student by it. The exit status
# is 1 when a row is not as tests/attacks/expected says, and 77 without a browser.
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

start=$(date +%s)
cd "$here/../.."
tar -cf "$work/attacks.tar" --owner=0 --group=0 --mode=a+rx --transform 's,^build/i386,build,' \
    --transform 's,^[bt],project/&,' --transform 's,^common/lab/vm-su$,usr/local/bin/su,' \
    common/lab/vm-su tests/attacks build/i386/tests/attacks/attack
NODE_PATH=$tools/node_modules $alone node "$folder/attacks.js" "$browser" "$file" "$work/attacks.tar" \
    "$(stat -c %s build/i386/vm/lab/root.img)" "$@"
echo "This took $(($(date +%s) - start)) s."
