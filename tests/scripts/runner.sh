#!/bin/sh
# The runner of the tests: what it prints of tests that pass, fail, crash or hang. Here scripts
# stand in for programs of tests.
# shellcheck disable=SC2317 # run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
. "$here/harness.sh"
unset JOBS TEST_TIMEOUT BUILD ONLY

# Make unit/test_it. It prints these lines, as cmocka does, and ends with this command.
program() { # COMMAND LINE...
    mkdir -p unit
    end=$1
    shift
    {
        printf '%s\n' '#!/bin/sh' "cat <<'END'" "$@" END "$end"
    } >unit/test_it
    chmod +x unit/test_it
}

one() {
    sh "$here/../run-one.sh" . unit/test_it >log 2>&1
}

shows() { # LINE...: and nothing else
    printf '%s\n' "$@" | diff - log
}

what_passes_is_one_line() {
    program 'exit 0' '[ RUN      ] a' '[       OK ] a' '[ RUN      ] b' 'SKIP: no b' '[  SKIPPED ] b'
    one
    shows 'unit/test_it: 1 passed, 0 failed, 1 skipped'
}

a_failed_test_shows_its_own_lines_alone() {
    program 'exit 1' '[ RUN      ] a' 'noise' '[       OK ] a' '[ RUN      ] b' 'why' '[  FAILED  ] b' \
        '[ RUN      ] c' 'noise' '[       OK ] c' '[==========] 3 tests run.' '[  FAILED  ] b'
    one
    shows '[ RUN      ] b' 'why' '[  FAILED  ] b' 'unit/test_it: 2 passed, 1 failed, 0 skipped'
}

a_crash_shows_the_last_lines() {
    program 'kill -SEGV $$' '[ RUN      ] a' '[       OK ] a' '[ RUN      ] b' 'last words'
    one
    grep -qx 'last words' log
    grep -qx 'unit/test_it: 1 passed, 1 failed, 0 skipped' log
}

what_hangs_has_failed() {
    program 'sleep 60' '[ RUN      ] a'
    TEST_TIMEOUT=1 one
    grep -qx 'unit/test_it: ended after 1 s: its time was over' log
    grep -qx 'unit/test_it: 0 passed, 1 failed, 0 skipped' log
    grep -qx 'F unit/test_it: a' unit/test_it.verdicts
}

a_crash_after_a_failure_shows_both() {
    program 'kill -SEGV $$' '[ RUN      ] a' 'why a' '[  FAILED  ] a' '[ RUN      ] b' 'last of b'
    one
    grep -qx 'why a' log
    grep -qx 'last of b' log
}

# Run it in copies: here/ for tests/, and build/ for its build/.
runner() {
    mkdir -p here build
    cp "$here/../run.sh" "$here/../run-one.sh" here
    CONTAINER_ROOTFS=none BUILD=build sh here/run.sh >log 2>&1
}

no_test_at_all_is_a_failure() {
    runner && return 1
    [ "$(tail -n 1 log)" = '0 passed, 0 failed, 0 skipped' ]
}

the_first_line_is_progress_and_the_last_the_sum() {
    program 'exit 0' '[ RUN      ] a' '[       OK ] a'
    mkdir -p build/tests
    mv unit build/tests
    runner
    [ "$(head -n 1 log)" = 'files of tests: 1, 4 at once' ]
    [ "$(tail -n 1 log)" = '1 passed, 0 failed, 0 skipped' ]
}

a_word_names_what_is_run() {
    program 'exit 0' '[ RUN      ] a' '[       OK ] a'
    mkdir -p here/scripts build/tests/steps
    cp unit/test_it build/tests/steps/test_steps
    cp unit/test_it here/scripts/steps.sh
    mv unit build/tests
    ONLY=step runner
    grep -qx 'files of tests: 2, 4 at once' log
    ONLY='unit/ scripts/' runner
    grep -qx 'files of tests: 2, 4 at once' log
    ONLY=unit/ runner
    shows 'files of tests: 1, 4 at once' 'unit/test_it: 1 passed, 0 failed, 0 skipped' \
        '1 passed, 0 failed, 0 skipped'
}

a_word_that_names_nothing_is_a_failure() {
    program 'exit 0' '[ RUN      ] a' '[       OK ] a'
    mkdir -p build/tests
    mv unit build/tests
    ONLY=chroot runner && return 1
    shows "no file of tests has 'chroot' in its name"
}

run what_passes_is_one_line
run a_failed_test_shows_its_own_lines_alone
run a_crash_shows_the_last_lines
run what_hangs_has_failed
run a_crash_after_a_failure_shows_both
run no_test_at_all_is_a_failure
run the_first_line_is_progress_and_the_last_the_sum
run a_word_names_what_is_run
run a_word_that_names_nothing_is_a_failure
exit "$failed"
