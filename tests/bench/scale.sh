#!/bin/sh
# Start many containers, and measure what one more costs:
#   scale.sh     COUNTS='1 10 100 1000' AT_ONCE='1 2 16' BESIDE='0 100 1000' LOOKS=50 PROGRAMS=...
# Other tools are measured beside step05 and its floor, but with at most 100 containers. What does
# not fit into the memory, with room for others, is left out and named.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/programs.sh"
many=$build/tests/bench/many

fail() {
    echo "scale: $1" >&2
    exit 2
}

# Megabytes that one running container of a program may take, with a reserve.
size_of() { # NAME
    case $1 in
    runc) echo 30 ;;
    *) echo 6 ;;
    esac
}

# Leave a quarter of the memory and of the process numbers to others.
fits() { # NAME COUNT
    free=$(awk '/^MemAvailable/ { print int($2 / 1024 * 3 / 4) }' /proc/meminfo)
    [ $(($2 * $(size_of "$1"))) -le "$free" ] || { reason='the memory' && return 1; }
    [ $(($2 * 6)) -le $(($(cat /proc/sys/kernel/pid_max) * 3 / 4)) ] ||
        { reason='the process numbers' && return 1; }
}

is_peer() { # NAME
    case " $peers " in
    *" $1 "*) ;;
    *) return 1 ;;
    esac
}

# The given one of 100 parts of sorted numbers, as 50 or 99.
part() { # PART FILE
    awk -v part="$1" '{ line[NR] = $1 }
        END { at = int(NR * part / 100 + 0.999); printf "%.1f", line[at < 1 ? 1 : at] }' "$2"
}

# Sets p50, p99 and rate.
start_many() { # NAME COUNT AT_ONCE
    # shellcheck disable=SC2046 # words
    "$many" run "$2" "$3" $(words_of "$1" '{}') >"$work/starts" 2>"$work/err" ||
        fail "$1: $(tail -n 1 "$work/err")"
    rate=$(awk -v count="$2" '/^all/ { printf "%.0f", count * 1000 / $2 }' "$work/starts")
    sed '/^all/d' "$work/starts" | sort -n >"$work/sorted"
    p50=$(part 50 "$work/sorted") p99=$(part 99 "$work/sorted")
}

show_starts() {
    printf '%-8s %10s %8s %10s %8s %8s\n' '' containers 'at once' 'a second' p50 p99
    for name in $present; do
        for count in $counts; do
            is_peer "$name" && [ "$count" -gt 100 ] && continue
            for parallel in $at_once; do
                [ "$parallel" -le "$count" ] || continue
                start_many "$name" "$count" "$parallel"
                printf '%-8s %10s %8s %10s %8s %8s\n' "$name" "$count" "$parallel" "$rate" "$p50" "$p99"
            done
        done
    done
}

# Keep containers running whose command is cat. Their launchers are listed in $work/held.
hold() { # NAME COUNT
    command=/bin/cat
    make_bundle
    mkfifo "$work/end"
    # shellcheck disable=SC2046 # words
    "$many" hold "$2" $(words_of "$1" '{}') <"$work/end" >"$work/held" 2>"$work/err" &
    holder=$!
    exec 3>"$work/end"
    command=/bin/true
    until grep -qsE 'all|failed' "$work/held"; do
        kill -0 "$holder" 2>/dev/null || break
        sleep 0.1
    done
    make_bundle
    grep -q all "$work/held" || fail "cannot keep $2 of $1: $(tail -n 1 "$work/err")"
}

let_go() {
    exec 3>&-
    wait "$holder" || fail 'a container ended badly'
    holder=
    rm "$work/end"
}

# Kilobytes that the kernel uses for itself.
kernel_memory() {
    awk '/^(Slab|KernelStack|PageTables|Percpu):/ { sum += $2 } END { print sum }' /proc/meminfo
}

# Only root may read this. The kernel removes a network namespace late: after its container.
network_namespaces() {
    awk '$1 == "net_namespace" { found = $2 } END { print found ? found : "?" }' /proc/slabinfo \
        2>/dev/null || echo '?'
}

show_beside() {
    printf '\n%-8s %10s %8s %8s %8s %14s %20s\n' 'one more' beside p50 p99 'to none' \
        'kernel kB each' 'network namespaces'
    for name in $present; do
        alone=
        for count in $beside; do
            is_peer "$name" && [ "$count" -gt 100 ] && continue
            fits "$name" "$count" || { echo "left out: $count of $name: $reason" && continue; }
            before=$(kernel_memory)
            [ "$count" -eq 0 ] || hold "$name" "$count"
            each=
            [ "$count" -eq 0 ] || each=$((($(kernel_memory) - before) / count))
            start_many "$name" "$looks" 1
            : "${alone:=$p50}"
            printf '%-8s %10s %8s %8s %8s %14s %20s\n' "$name" "$count" "$p50" "$p99" \
                "$(awk "BEGIN { printf \"%.2f\", $p50 / $alone }")" "$each" "$(network_namespaces)"
            [ "$count" -eq 0 ] || let_go
        done
    done
}

show_memory() {
    printf '\n%-8s %14s %20s %12s\n' 'one idle' 'its launcher' 'all but its command' 'processes'
    for name in $present; do
        hold "$name" 1
        launcher=$(head -n 1 "$work/held")
        # shellcheck disable=SC2086 # a pattern of files
        cat /proc/[0-9]*/stat 2>/dev/null |
            awk -f "$here/memory.awk" -v launcher="$launcher" -v name="$name"
        let_go
    done
}

[ -d "$image" ] || fail 'no image: make rootfs'
counts=${COUNTS:-1 10 100 1000} at_once=${AT_ONCE:-1 2 16} beside=${BESIDE:-0 100 1000}
looks=${LOOKS:-50} holder=
work=$(mktemp -d)
trap 'exec 3>&-; [ -z "$holder" ] || wait "$holder"; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
spare_machine
make_bundle
# shellcheck disable=SC2046,SC2086 # lists of names
present=$(find_present ${PROGRAMS:-step05 floor5 $peers})

describe_machine
echo "load $(cut -d ' ' -f 1-3 /proc/loadavg); p50 and p99 of a start in milliseconds"
show_starts
show_beside
show_memory
