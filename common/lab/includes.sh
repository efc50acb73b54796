#!/bin/sh
# Tell which C files use what a header declares that they do not include: includes.sh 'FLAGS' FILE...
#
# Such a file compiles only where another header happens to bring that one along, and the C
# libraries differ in this. Nothing is said of a library's inner headers, nor of the project's own,
# which may stand for each other (harness.h).
set -eu
inner='<(bits/.*|syscall|sys/statfs|sys/ipc|linux/.*|netinet/in|cmocka)\.h>'

list_missing() { # FILE...
    for file; do
        # Its exit status says nothing; a file that it cannot compile, it reports.
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
