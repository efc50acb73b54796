#!/bin/sh
# Grade an exercise: grade.sh NUMBER [--json | --hint | --rows]. The folder is exercise/STEP, or
# $EXERCISE. It is built as a part of the project, in build/grade. Then the tests run that the step's
# table lists, each by itself. Whatever the student's code does is a grade. The exit status is 1
# only when nothing could be graded.
set -eu
cd "$(dirname "$0")/../.."
act=grade
. tests/grader/common.sh
choose_step "${1:-}"
form=${2:-}
[ "$form" != --hint ] || act=hint
exercise=${EXERCISE:-exercise/$folder}
tree=$PWD/build/grade/$program
project_make='env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -j2'

check_machine() {
    [ -d "$exercise" ] || fail "there is no $exercise: make exercise STEP=$step"
    command -v "${CC:-cc}" >/dev/null || fail "there is no compiler here: make deps"
    echo '#include <cmocka.h>' | ${CC:-cc} -include setjmp.h -include stdarg.h -include stddef.h \
        -include stdint.h -E - >/dev/null 2>&1 || sh common/lab/deps.sh build test
    case $step in
    1 | 2 | 4) [ "$(id -u)" -eq 0 ] ||
        fail "step $step needs root: sudo make $act STEP=$step, or in a machine to break: make vm" ;;
    *) unshare --user --map-root-user --mount true 2>/dev/null ||
        fail 'user namespaces are forbidden here (make doctor tells why); where they are not: make vm' ;;
    esac
}

# The tests and the image. Before step05 comes the program whose holes its tests show.
prepare() {
    programs=$(sed -n 's/^test \([^ ]*\) .*/\1/p' "$table" | sort -u)
    # shellcheck disable=SC2046,SC2086 # words
    $project_make -C tests BUILD=../build $(printf ' ../build/tests/steps/%s' $programs probe_escape)
    [ "$step" -ne 5 ] || $project_make -C step03-namespaces BUILD=../build ../build/step03
    [ -d build/rootfs ] || sh common/lab/rootfs.sh build/rootfs
}

# The exercise was made from the step as it was then.
check_age() {
    [ -d "$exercise/.base" ] || return 0
    write_skeleton "$work/now"
    ! diff -rq "$work/now" "$exercise/.base" >/dev/null || return 0
    say "$folder has changed since this exercise was made. To carry your work over:
  mv $exercise $exercise.old && make exercise STEP=$step &&
  (cd $exercise.old && diff -ruN -x .base -x .hints .base .) | patch -d $exercise -p1"
}

# Copy only what has changed, so that make builds only that again.
update() { # FROM TO FILES...
    from=$1 to=$2
    shift 2
    mkdir -p "$to"
    for file; do
        cmp -s "$from/$file" "$to/$file" || cp "$from/$file" "$to/$file"
    done
}

# A later step links the modules of the earlier ones: those are the project's. What the project has built
# already need not be built again where the student has changed nothing.
make_tree() {
    if [ ! -d "$tree/$folder" ]; then
        mkdir -p "$tree/build/obj"
        cp -Rp "$folder" "$tree"
        [ ! -d "build/obj/$program" ] || cp -Rp "build/obj/$program" "$tree/build/obj"
    fi
    for part in common step0*; do
        [ "$part" = "$folder" ] || ln -sfn "../../../$part" "$tree/$part"
    done
    # shellcheck disable=SC2046 # words
    update "$exercise" "$tree/$folder" $(cd "$exercise" && echo *.[ch])
    # shellcheck disable=SC2046 # words
    update "$folder" "$tree/$folder" $(cd "$folder" && echo Makefile *.mk | sed 's/ \*.mk//')
    for file in "$tree/$folder"/*.[ch]; do
        [ -e "$exercise/${file##*/}" ] || rm "$file"
    done
}

# What a skeleton leaves unused is no fault of the student's.
# shellcheck disable=SC2086 # words
build_program() {
    rm -f "$tree/build/$program"
    timeout -k 1 $((PATIENCE * 3)) $project_make -C "$tree/$folder" \
        BUILD=../build "../build/$program" \
        CPPFLAGS='-Wno-unused-parameter -Wno-unused-function -Wno-unused-variable' \
        >"$work/compile" 2>&1 </dev/null && [ -x "$tree/build/$program" ]
}

list_tests() {
    awk '$1 == "test" { number++; file = $2; sub(/^test [^ ]* /, "")
        printf "%d%c%s%c%s%c", number, 0, file, 0, $0, 0 }' "$table"
}

# The tests find here the student's program, an image, and no program of the project but the one before
# step05, whose holes its tests show.
fill_run() {
    mkdir -p "$work/tests/steps"
    chmod 755 "$work"
    cp "$tree/build/$program" "$work"
    [ "$step" -ne 5 ] || cp build/step03 "$work"
    for test in $programs probe_escape; do
        cp "build/tests/steps/$test" "$work/tests/steps"
    done
}

# How long a test may take. To make the image takes less than a second, but longer in an emulated machine,
# where all else takes longer, too.
make_image() {
    started=$(date +%s)
    BUSYBOX=build/rootfs/bin/busybox sh common/lab/rootfs.sh "$work/rootfs" >/dev/null 2>&1
    took=$(($(date +%s) - started))
    export PATIENCE=12
    [ "$took" -le 1 ] || PATIENCE=$((12 + 10 * took))
}

# After sudo, the next make is the user's again.
clean_up() {
    rm -rf "$work"
    [ -z "${SUDO_UID:-}" ] || chown -Rh "$SUDO_UID" build/grade build/tests "$exercise"
}

check_machine
work=$(mktemp -d)
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
check_age
prepare
make_image
make_tree
compiled=0
if build_program; then
    compiled=1
    fill_run
    # Each test looks for cgroups that were left. So no two of step 4 run at once.
    list_tests | xargs -0 -n 3 -P "$([ "$step" -eq 4 ] && echo 1 || echo 4)" sh tests/grader/run.sh "$work"
fi
awk -v form="${form#--}" -v run="$work" -v compiled=$compiled -v step="$step" \
    -v given="$exercise/.hints" -v by="$by" -f tests/grader/report.awk "$table"
