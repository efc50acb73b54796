#!/bin/sh
# The injector of faults: it finds each kind of fault in a program that has it, and none in one that
# has none. Otherwise the zeros of `make fault-test` would prove nothing.
# shellcheck disable=SC2317 # run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
build=$(realpath "${BUILD:-$here/../../build}")
. "$here/harness.sh"

# Take the program `faulty` of this fault, and those points that have the word. TMPDIR is the folder
# for the stages.
inject() { # FAULT WORD [OPTION...]
    fault=$1 word=$2
    shift 2
    TMPDIR=$PWD "$build/tests/faults/faults" -b "$build" -o "$word" "$@" \
        tests/faults/faulty "$fault" image/bin/probe >log 2>&1
}

# In the table's row, the number below this heading is 1. The row itself begins with a name.
shows() { # HEADING ROW
    awk -v heading="$1" -v row="$2" '
    $1 == "runs" { for (i = 1; i <= NF; i++) if ($i == heading) column = i + 1 }
    $1 == row && $column == 1 { found = 1 }
    END { exit !found }' log || { cat log && return 1; }
}

accepts() { # FAULT WORD
    inject "$@" || { cat log && return 1; }
}

refuses() { # FAULT WORD
    ! inject "$@" || { cat log && return 1; }
    grep -q '^faults with a bad verdict: 1$' log
}

a_report_is_good() {
    accepts reports 'write#1 EIO'
    shows reported EIO
}

an_error_without_effect_is_harmless() {
    accepts ignores 'write#1 EIO'
    shows harmless EIO
}

another_errno_is_told_apart() {
    accepts is-wrong 'write#1 EIO'
    shows other EIO
}

silence_is_found() {
    refuses is-silent 'write#1 EIO'
    grep -q '^silent: faulty: 0 write#1 EIO: status 125$' log
}

a_crash_is_found() {
    refuses crashes 'write#1 EIO'
    grep -q '^silent: faulty: 0 write#1 EIO: signal 6; faulty: write: EIO ' log
}

a_missing_guard_is_found() {
    refuses unguards 'write#1 EIO'
    shows guard EIO
}

a_file_that_stays_is_found() {
    refuses leaves 'write#1 EIO'
    grep -q '^left: faulty: 0 write#1 EIO: status 125; file scratch/made ' log
}

what_hangs_is_found() {
    refuses hangs 'write#1 EIO'
    shows hung EIO
}

an_orphan_is_found() {
    refuses orphans 'write#1 EIO'
    shows orphans EIO
}

a_file_that_stays_after_a_signal_is_found() {
    refuses reports '0 close#1 TERM'
    shows left TERM
}

what_the_next_run_takes_away_may_stay_after_a_kill() {
    accepts reports '0 close#1 KILL'
    shows reported KILL
}

a_signal_without_effect_is_found() {
    refuses is-deaf '0 close#1 TERM'
    shows lost TERM
}

# The first calls of both processes, and what is done after the command's end.
every_process_is_swept_to_its_end() {
    removes='0 unlink#1'
    [ "$(uname -m)" != aarch64 ] || removes='0 unlinkat#1' # the C library has no other call for it there
    for point in '0 openat#1' '0 clone#1' '0.1 execve#1' "$removes"; do
        inject reports "$point KILL" || { cat log && return 1; }
        shows reported KILL
    done
}

# The child calls execve. Before that, fork() of glibc 2.41 has set its signal mask. The command makes more.
the_commands_own_calls_are_not_swept() {
    inject reports '0.1 ' || true
    grep -q '^KILL  *[12] ' log || { cat log && return 1; }
    inject reports '0.1 execve#1' || true
    grep -q '^KILL  *1 ' log || { cat log && return 1; }
}

# Of seed 5, and of another seed, which is not in the lines that are compared.
a_seed_makes_the_same_choice() {
    for seed in 5 5 6; do
        inject ignores ' E' -s "$seed" -e 3 || true
        sed 1d log >"new.$seed"
        [ ! -e "$seed" ] || cmp "$seed" "new.$seed"
        mv "new.$seed" "$seed"
    done
    ! cmp -s 5 6 || { echo 'two seeds make the same choice' && return 1; }
}

nothing_stays_in_the_folder() {
    inject leaves EIO || true
    [ "$(ls)" = log ]
}

run a_report_is_good
run an_error_without_effect_is_harmless
run another_errno_is_told_apart
run silence_is_found
run a_crash_is_found
run a_missing_guard_is_found
run a_file_that_stays_is_found
run what_hangs_is_found
run an_orphan_is_found
run a_file_that_stays_after_a_signal_is_found
run what_the_next_run_takes_away_may_stay_after_a_kill
run a_signal_without_effect_is_found
run every_process_is_swept_to_its_end
run the_commands_own_calls_are_not_swept
run a_seed_makes_the_same_choice
run nothing_stays_in_the_folder
exit "$failed"
