# What the scripts of the classroom share. They are called in the project's folder, with the number
# of a step: common.sh sets step, program (step02), folder (step02-overlay), table, and by, which is sudo
# where the grader needs it.
# shellcheck shell=sh disable=SC2034,SC2154 # the scripts use these variables, and set act

say() {
    echo "$act: $1" >&2
}

fail() {
    say "$1"
    exit 1
}

choose_step() { # NUMBER
    step=$1
    case $step in
    [1-5]) ;;
    *) fail "say which step, from 1 to 5: make $act STEP=2" ;;
    esac
    program=step0$step
    folder=$(echo "$program"-*)
    table=tests/grader/$program.txt
    by=
    case $step in 1 | 2 | 4) [ "$(id -u)" -eq 0 ] || by='sudo ' ;; esac
}

# Write the step into a folder, without the bodies of the functions that the table lists.
write_skeleton() { # FOLDER
    mkdir -p "$1"
    cp "$folder"/*.[ch] "$1"
    sed -n 's/^todo \([^ ]*\) .*/\1/p' "$table" | sort -u | while read -r file; do
        awk -v file="$file" -f tests/grader/skeleton.awk "$table" "$folder/$file" >"$1/$file"
    done
}
