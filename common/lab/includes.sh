#!/bin/sh
# Tell which C files use a header that they do not include themselves: includes.sh 'FLAGS' FILE...
#
# Such a file compiles only where another header brings in that header, and the C libraries differ
# in this. The inner headers of a library do not count. Nor do the project's own headers, which may
# stand for each other (harness.h).
set -eu
inner='<(bits/.*|asm/.*|syscall|sys/statfs|sys/ipc|linux/.*|netinet/in|cmocka)\.h>'

list_missing() { # FILE...
    for file; do
        # The exit status says nothing. The tool reports a file that it cannot compile.
        # shellcheck disable=SC2086 # words
        include-what-you-use $flags "$file" 2>&1 | awk '
            / error: / { print }
            / should remove these lines:$/ { wanted = 0 }
            wanted && /^#include </ { sub(/ *\/\/.*/, ""); print file " lacks " $0 }
            / should add these lines:$/ { wanted = 1; file = $1 }'
    done | grep -Ev "$inner" | sort -u || true
}

command -v include-what-you-use >/dev/null ||
    { echo 'includes: include-what-you-use is missing: make deps DEPS=lint' >&2 && exit 1; }
flags=$1
shift
missing=$(list_missing "$@")
[ -z "$missing" ] || { printf '%s\n' "$missing" && exit 1; }
