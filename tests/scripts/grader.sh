#!/bin/sh
# The grader: what a student's code does is a grade and no failure, and a student's work stays.
# tests/grader/prove.sh proves the points and the hints.
# shellcheck disable=SC2317,SC2034 # run calls the tests by their names; check_age() reads variables
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
. "$here/harness.sh"
chmod 755 "$work"

copy_project() { # the parts that make an exercise
    mkdir -p tests
    cp -R "$project"/step0* "$project/common" .
    cp -R "$project/tests/grader" tests
}

fails() { # COMMAND...
    ! "$@" >log 2>&1 || { echo "did not fail: $*" && cat log && return 1; }
}

# A student's step01, in which a line of enter() in main.c begins it.
student() { # LINE
    mkdir student
    cp "$project"/step01-chroot/*.[ch] student
    sed "/^static int enter/,/^}/ s|^{|{ $1|" "$project/step01-chroot/main.c" >student/main.c
}

# Grade it, and put the sum of the points into $points and the time into $seconds.
grade() {
    [ "$(id -u)" -eq 0 ] || skip 'needs root: sudo make test'
    command -v cc >/dev/null || skip 'needs a compiler'
    started=$(date +%s)
    EXERCISE=$PWD/student sh "$project/tests/grader/grade.sh" 1 --json >grade
    seconds=$(($(date +%s) - started))
    points=$(sed -n 's/.*"points":\([0-9]*\),"of":100,.*/\1/p' grade)
    cat grade
    [ "$seconds" -lt 60 ]
}

the_work_of_a_student_stays() {
    copy_project
    sh tests/grader/exercise.sh 2 | grep -q overlay_mount
    grep -q 'errno = ENOSYS' exercise/step02-overlay/overlay.c
    cmp exercise/step02-overlay/overlay.h step02-overlay/overlay.h
    echo mine >exercise/step02-overlay/overlay.c
    fails sh tests/grader/exercise.sh 2
    grep -q 'mv exercise/step02-overlay' log
    [ "$(cat exercise/step02-overlay/overlay.c)" = mine ]
}

a_skeleton_lacks_just_the_bodies() {
    copy_project
    for step in 1 2 3 4 5; do
        sh tests/grader/exercise.sh "$step" >/dev/null
        number=$(grep -c '^todo ' "tests/grader/step0$step.txt")
        [ "$(cat exercise/step0"$step"-*/*.c | grep -c 'TODO: write this function')" -eq "$number" ]
    done
}

# It is a comment above the function, or in the header of its file, or where the table says.
each_task_has_a_contract() {
    copy_project
    grep -h '^todo ' tests/grader/step0?.txt | while read -r _ file function _ header; do
        source=$(ls step0*/"$file")
        case $header in
        ?*) grep -q "[*(]${function}[)(]" common/"$header" step0*/"$header" 2>/dev/null ;;
        *) grep -q "[ *]${function}(" "$(echo "$source" | sed 's/c$/h/' | head -n 1)" ||
            grep -B 1 "^[a-z].*[ *]${function}(" "$source" | grep -q '[*]/$' ;;
        esac || { echo "nothing says what $function in $file must do" && return 1; }
    done
}

a_wrong_call_is_told() {
    copy_project
    for step in '' 0 6 two; do
        fails sh tests/grader/exercise.sh "$step"
        grep -q 'from 1 to 5' log
    done
    fails sh tests/grader/grade.sh 3
    grep -q 'make exercise STEP=3' log
    fails sh tests/grader/solution.sh 3
    sh tests/grader/exercise.sh 3
    fails env CC=no-such-compiler sh tests/grader/grade.sh 3
    grep -q 'no compiler' log
}

# Another release has changed the step, and the student has written a line. The way that it names works.
an_older_exercise_is_told_how_to_go_on() {
    copy_project
    sh tests/grader/exercise.sh 1
    sed -i 's|/\* TODO: write this function.*|/* mine */|' exercise/step01-chroot/chroot.c
    echo '/* newer */' >>step01-chroot/chroot.h
    act=grade exercise=exercise/step01-chroot work=$PWD/other
    . tests/grader/common.sh
    choose_step 1
    eval "$(sed -n '/^check_age() {/,/^}/p' tests/grader/grade.sh)"
    check_age 2>log
    grep -q 'has changed since' log
    sed -n '/^  /p' log | sed "s/make exercise STEP=1/sh tests\/grader\/exercise.sh 1/" >way
    patch --version 2>/dev/null | grep -q GNU || skip 'needs the patch of GNU'
    sh way
    grep -q mine exercise/step01-chroot/chroot.c
    grep -q newer exercise/step01-chroot/chroot.h
}

a_right_one_gets_all_points() {
    student ''
    grade
    [ "$points" -eq 100 ]
}

# Then the grader looks for what it left, and other containers may end while it does: find(1) fails.
an_endless_loop_is_graded() {
    student 'for (;;) ;'
    mkdir bin
    printf '#!/bin/sh\n%s "$@"\nexit 1\n' "$(command -v find)" >bin/find
    chmod +x bin/find
    PATH=$PWD/bin:$PATH
    grade
    [ "$points" -eq 0 ]
    grep -q 'did not end' grade
}

a_crash_is_graded() {
    student 'volatile int *nowhere = NULL; *nowhere = 1;'
    grade
    [ "$points" -eq 0 ]
    grep -q 'exit status 139' grade
}

what_does_not_compile_is_graded() {
    student 'this is no C;'
    grade
    [ "$points" -eq 0 ]
    grep -q 'it does not compile: .*error' grade
}

# The second sleeps in a session of its own. No process of a test is left.
what_goes_on_in_the_background_is_ended() {
    student 'if (process_prepare() == 0) { extern int setsid(void); setsid(); extern int system(const char *); system("sleep 86399 \&"); }'
    grade
    ! pgrep -f 'sleep 86399'
}

# The folder build/ is empty while a test runs, by which path ever.
the_projects_own_program_is_no_answer() {
    [ -x "$project/build/step01" ] || skip 'needs build/step01'
    student "extern int execl(const char *, const char *, ...); struct container *k = arg; execl(\"$project/build/step01\", \"step01\", k->rootfs, k->command[0], k->command[1], k->command[2], k->command[3], NULL); return 125;"
    grade
    [ "$points" -eq 0 ]
}

run the_work_of_a_student_stays
run a_skeleton_lacks_just_the_bodies
run each_task_has_a_contract
run a_wrong_call_is_told
run an_older_exercise_is_told_how_to_go_on
run a_right_one_gets_all_points
run an_endless_loop_is_graded
run a_crash_is_graded
run what_does_not_compile_is_graded
run what_goes_on_in_the_background_is_ended
run the_projects_own_program_is_no_answer
exit $failed
