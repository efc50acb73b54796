#!/bin/sh
# What measures: the sums of make bench are right, its check finds a slower start, and floor makes
# the same container as step05. Otherwise the ratio to it would mean nothing.
# shellcheck disable=SC2016,SC2317 # quoted lines run in containers; run calls the tests by name
set -eu
here=$(realpath "$(dirname "$0")")
build=$(realpath "${BUILD:-$here/../../build}")
bench=$here/../bench
. "$here/harness.sh"

# Two turns of three runs each: first, and two others.
turns() { # NAME FIRST OTHER OTHER
    printf '%s\n' "$1 1 $2" "$1 2 $3" "$1 3 $4" "$1 1 $2" "$1 2 $3" "$1 3 $4" |
        sort -k 1,1 -k 3,3n
}

table() { # ORDER
    awk -f "$bench/stats.awk" -f "$bench/table.awk" -v order="$1" | tr -s ' '
}

check() {
    awk -f "$bench/stats.awk" -f "$bench/check.awk" -v user=0 recorded - >log 2>&1
}

the_table_has_least_median_and_ratios() {
    { turns bwrap 9 4 4 && turns floor5 9 2 2 && turns step05 30 3 5; } | table 'step05 floor5 bwrap' >log
    grep -q '^step05 30.00 3.00 4.00 2.00 1.00 $' log
    grep -q '^floor5 9.00 2.00 2.00 0.50 $' log
}

as_slow_as_recorded_is_well() {
    echo 'root 1.9' >recorded
    { turns floor5 9 2 2 && turns step05 99 5 7; } | check
}

twice_the_recorded_ratio_is_found() {
    echo 'root 1.9' >recorded
    status=0
    { turns floor5 9 2 2 && turns step05 9 8 8; } | check || status=$?
    [ "$status" -eq 1 ]
    grep -q 'a start got slower' log
}

one_slow_run_is_no_regression() {
    echo 'root 1.9' >recorded
    { turns floor5 9 2 2 && turns step05 9 3 30; } | check
}

# Process 10 makes 11 by clone3, which shows before that call has returned.
a_phase_has_its_calls_and_its_time() {
    cat >strace <<'END'
10 1.000000 execve("build/step05", ["build/step05"], 0x7f00 /* 9 vars */) = 0
10 1.000100 getpid() = 10
10 1.000110 getpid() = 10
10 1.000120 clone3({flags=CLONE_NEWUSER|CLONE_NEWPID}, 88 <unfinished ...>
11 1.000150 setgroups(0, NULL) = 0
11 1.000160 open_tree(AT_FDCWD, "lower", OPEN_TREE_CLONE) = 4
11 1.001160 close(4) = 0
10 1.001200 <... clone3 resumed>) = 11
10 1.001210 rt_sigtimedwait([CHLD] <unfinished ...>
11 1.001220 exit_group(0) = ?
11 1.002220 +++ exited with 0 +++
10 1.002230 <... rt_sigtimedwait resumed>NULL, 8) = 17
10 1.002240 rmdir("/tmp/x") = 0
10 1.003240 +++ exited with 0 +++
END
    awk -f "$bench/trace.awk" "$bench/phases" strace >log
    grep -q '^phase start 3 9[0-9]$' log
    grep -q '^phase overlay 3 10[0-9][0-9]$' log
    grep -q '^phase wait 2 10[0-9][0-9]$' log
    grep -q '^phase tear-down 1 99[0-9]$' log
    grep -q '^phase tracing 10 [19][0-9]*$' log
    grep -q '^again start 2 launcher getpid($' log
}

# What a container is made of, as seen from inside.
look='awk "{ for (i = 7; \$i != \"-\"; i++); print \$5, \$6, \$(i + 1) }" /proc/self/mountinfo | sort
      grep -E "^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)" /proc/self/status
      cat /proc/sys/user/max_* /proc/self/uid_map /proc/self/cgroup; ulimit -a
      ls -l /dev | sed "s/ [A-Z][a-z][a-z] [ 0-9]*[0-9] [0-9][0-9]:[0-9][0-9] / /"' # they may start in two minutes

floor_makes_what_step05_makes() {
    image=${CONTAINER_ROOTFS:-$build/rootfs}
    [ -x "$build/tests/bench/floor" ] || skip 'floor is not built here'
    [ "$(id -u)" -eq 0 ] || skip 'as an ordinary user, floor maps one id alone, and step05 the granted ones'
    "$build/step05" "$image" /bin/sh -c "$look" >step05 2>err || skip "step05 does not run: $(tail -n 1 err)"
    "$build/tests/bench/floor" 5 "$image" /bin/sh -c "$look" >floor
    diff step05 floor
    [ "$(wc -l <floor)" -gt 50 ]
}

floor_leaves_nothing() {
    [ -x "$build/tests/bench/floor" ] || skip 'floor is not built here'
    [ "$(id -u)" -eq 0 ] || skip 'some floors are for root'
    export TMPDIR="$PWD/tmp"
    mkdir tmp
    chmod 755 "$work" # root inside is another user, who must pass through
    for step in 1 2 3 4 5; do
        "$build/tests/bench/floor" "$step" "${CONTAINER_ROOTFS:-$build/rootfs}" /bin/true ||
            echo "floor $step: $?" >>tmp/failed
    done
    [ -z "$(ls -A tmp)" ] || { cat tmp/failed && return 1; }
}

# crun gives its stdin to the container's root.
the_machines_null_is_spared() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can change its owner'
    cat >script <<'END'
. "$here/programs.sh"
spare_machine
chown 1000:1000 /dev/null
echo >/dev/null
stat -c %u /dev/null
END
    stat -c %u:%a /dev/null >before
    here=$bench work=$PWD BUILD=$build BENCH_STAGE=1 unshare -m sh -eu script >log
    [ "$(cat log)" = 1000 ]
    stat -c %u:%a /dev/null | diff before -
}

run the_table_has_least_median_and_ratios
run as_slow_as_recorded_is_well
run twice_the_recorded_ratio_is_found
run one_slow_run_is_no_regression
run a_phase_has_its_calls_and_its_time
run floor_makes_what_step05_makes
run floor_leaves_nothing
run the_machines_null_is_spared
exit $failed
