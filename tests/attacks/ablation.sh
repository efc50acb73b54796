#!/bin/sh
# Does each guard of step05 earn its place? Build step05 without it: which attacks work again?
#   ablation.sh check              does each guard have a line to cut out, and a result without it?
#   ablation.sh build [NAME...]    the programs of `guards`, into build/obj/ablation
#   ablation.sh run [NAME...]      attack them. The lab's virtual machine, where they are in /share,
#                                  also runs the attacks that could do harm
# With names: only the programs that are without all of these guards.
#
# Exit status: 1 when other attacks work than the listed ones. The hostile images are left out: they
# take long, and they escape only when several guards are gone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(realpath "$here/../..")
build=$(realpath "${BUILD:-$top/build}")
programs=$build/obj/ablation
[ -e "$programs" ] || programs=/share

fail() {
    echo "ablation: $1" >&2
    exit 2
}

lines() { # WORD: of `guards`, without it
    sed -n "s/^$1 //p" "$here/guards" | sed 's/ *| */|/g'
}

# The programs without A and B are in the folder A+B.
is_wanted() { # A+B
    for name in $only; do
        case +$1+ in
        *+"$name"+*) ;;
        *) return 1 ;;
        esac
    done
}

folder_of() { # "GUARD..."
    echo "$1" | tr ' ' +
}

# Print the path of a file of step05, or of the earlier step that introduced it.
find_source() { # FILE
    for folder in step05-full step04-cgroups step03-namespaces step02-overlay; do
        [ ! -e "$top/$folder/$1" ] || { echo "$top/$folder/$1" && return; }
    done
}

cut_out() { # GUARD FOLDER: from the copy in the folder
    lines cut | grep "^$1|" | while IFS='|' read -r _ file command; do
        copy=$2/$file
        [ -e "$copy" ] || cp "$(find_source "$file")" "$copy"
        sed -i.before "$command" "$copy"
        ! cmp -s "$copy" "$copy.before" || fail "guard $1: there is no such line in $file any more"
        rm "$copy.before"
    done
}

flags() { # VARIABLE: print what the programs are built with
    sed -n "s/^$1 ?*= //p" "$top/common/flags.mk"
}

# The rules of the filters are no part of step05: the build makes filters from them.
make_filters() { # FOLDER
    make -s -C "$top/step05-full" BUILD="$build" FILTERS="$1" RULES="$1/syscalls_rules.c" HOSTCFLAGS=-w \
        "$1/syscalls_filters.c"
    rm "$1/syscalls_rules.c" "$1/print_filters"
}

# Link the objects of a program, with those copies in place of their sources. Leave out MAIN, the
# object with the main() of the other program: the linker then takes what it needs.
link_program() { # FOLDER NAME MAIN
    language=$(flags C_LANGUAGE)
    hardening=$(flags HARDENING)
    link=$(flags LINK_MODE)
    objects=$(find "$build/obj/step05" "$build/obj/step04/chroot.o" -name '*.o' ! -name "$3.o")
    for copy in "$1"/*.c; do
        object=${copy%.c}.o
        [ "$object" != "$1/$3.o" ] || continue
        # shellcheck disable=SC2086 # words
        ${CC:-cc} $language $hardening -O2 -I"$top/common" \
            -I"$top/step05-full" -I"$top/step04-cgroups" -I"$top/step03-namespaces" \
            -I"$top/step02-overlay" -I"$top/step01-chroot" -c -o "$object" "$copy"
        objects=$(echo "$objects" | sed "s,^.*/$(basename "$object")$,$object,")
    done
    # shellcheck disable=SC2086 # lists
    ${CC:-cc} $link -s -o "$1/$2" $objects
    rm -f "$1"/*.o
}

check_all() {
    copies=$(mktemp -d)
    trap 'rm -r "$copies"' EXIT
    lines without | cut -d '|' -f 1 | tr ' ' '\n' | sort -u >"$copies/tried"
    for guard in $(lines cut | cut -d '|' -f 1 | sort -u); do
        rm -f "$copies"/*.c
        cut_out "$guard" "$copies"
        grep -qxF "$guard" "$copies/tried" || fail "guard $guard: no line says what works without it"
    done
}

build_all() {
    programs=$build/obj/ablation
    [ -n "$only" ] || rm -rf "$programs"
    lines without | cut -d '|' -f 1 | sort -u | while read -r guards; do
        folder=$programs/$(folder_of "$guards")
        is_wanted "$(folder_of "$guards")" || continue
        rm -rf "$folder"
        mkdir -p "$folder"
        for guard in $guards; do
            cut_out "$guard" "$folder"
        done
        [ ! -e "$folder/syscalls_rules.c" ] || make_filters "$folder"
        link_program "$folder" step05 exec
        [ ! -e "$folder/exec.c" ] || link_program "$folder" exec main
        rm "$folder"/*.c
    done
}

# Print what works now, without what works with all guards.
works_without() { # FOLDER
    results=$(mktemp)
    sh "$here/run.sh" --step 5 --program "$1/step05" --without hostile_image --keep "$results" \
        >/dev/null 2>&1 || true
    if grep -q '^\* step05' "$results"; then
        echo 'no container'
    else
        sed -n 's/ step05 open$//p' "$results" | grep -vxF "$known" | paste -s -d ' ' -
    fi
    rm "$results"
}

sorted() { # WORD...
    printf '%s\n' "$@" | sort | paste -s -d ' ' -
}

# Print what works somewhere on this machine: outside of any container, or in an earlier step. An
# ordinary user cannot run steps 1 and 2. For it, all listed attacks can work on any machine.
find_possible() {
    [ $who = root ] || { lines without | cut -d '|' -f 3 | tr ' ' '\n' && return; }
    for step in host 1 4; do
        results=$(mktemp)
        sh "$here/run.sh" --step "$step" --without hostile_image --keep "$results" >/dev/null 2>&1 || true
        sed -n 's/ [a-z0-9]* open$//p' "$results"
        rm "$results"
    done
}

# Print which of these attacks can work here, or `nothing`.
can_work() { # ATTACK...
    left=$(printf '%s\n' "$@" | grep -xF "$possible" | paste -s -d ' ' -) || true
    echo "${left:-nothing}"
}

# shellcheck disable=SC2086 # lists of words
run_all() {
    who=user known=none
    [ "$(id -u)" -ne 0 ] || who=root
    known=$(works_without "$build" | tr ' ' '\n')
    possible=$(find_possible)
    printf 'Step05, as %s. Without a guard, these attacks work again:\n\n' $who
    printf '| without | works again |\n|--|--|\n'
    lines without | grep "|$who|" >"$wanted"
    while IFS='|' read -r guards _ expected; do
        is_wanted "$(folder_of "$guards")" || continue
        measured=$(works_without "$programs/$(folder_of "$guards")")
        echo "| $guards | ${measured:=nothing} |"
        [ "$expected" = 'no container' ] || expected=$(can_work $expected)
        [ "$(sorted $measured)" = "$(sorted $expected)" ] ||
            echo "without $guards: expected $expected, but: $measured" >>"$wrong"
    done <"$wanted"
    [ -s "$wrong" ] || return 0
    printf '\nNot as expected:\n'
    cat "$wrong"
    return 1
}

[ $# -ge 1 ] || fail 'usage: ablation.sh check|build|run [NAME...]'
act=$1
shift
only=$*
case $act in
check) check_all ;;
build) build_all ;;
run)
    wanted=$(mktemp) wrong=$(mktemp)
    trap 'rm -f "$wanted" "$wrong"' EXIT
    run_all
    ;;
*) fail "there is no $act" ;;
esac
