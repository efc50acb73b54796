#!/bin/sh
# List the system calls that the functions of a C library make: libc-calls.sh CC OBJDUMP LIBC.A
#
# A line is the object file of a function and the name of a call: `poll.o ppoll`. The number of a call
# is loaded into a register shortly before the instruction that makes it (x86-64 and i386: eax, arm64: x8).
# On i386 that instruction is `int $0x80`, or a call of what the kernel has mapped, by its address in
# %gs:0x10, or of a function that has a register free for six arguments.
set -eu
numbers=$(mktemp)
trap 'rm -f "$numbers"' EXIT
echo '#include <asm/unistd.h>' | "$1" -E -dM - |
    sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9].*\|__NR3264_.*\|__NR_.*\)/\1 \2/p;
        s/^#define \(__NR3264_[a-z0-9_]*\) \([0-9]*\)$/\1 \2/p' >"$numbers"
"$2" -dr --no-show-raw-insn "$3" | awk '
    function number(text) {
        sub(/.*[$#]/, "", text)
        return text ~ /^0x/ ? hexadecimal(substr(text, 3)) : text + 0
    }
    function hexadecimal(text, sum, i) {
        for (i = 1; i <= length(text); i++)
            sum = sum * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
        return sum
    }
    FNR == NR { value[$1] = $2; next }
    FNR == 1 { for (name in value) {
        at = value[name]
        while (at in value)
            at = value[at]
        if (name !~ /^__NR/) names[at] = name } }
    $2 == "file" && $3 == "format" { object = $1; sub(/:$/, "", object) }
    /^[0-9a-f]+ <.*>:$/ { call = "" }
    $2 == "mov" && $3 ~ /^%[a-z]+,%eax$/ { call = "" }
    $2 == "mov" && $3 ~ /^\$0x[0-9a-f]+,%eax$/ { call = number(substr($3, 1, index($3, ",") - 1)) }
    $2 == "xor" && $3 == "%eax,%eax" { call = 0 }
    $2 == "mov" && $3 ~ /^[xw]8,$/ && $4 ~ /^#/ { call = number($4) }
    $2 == "syscall" || $2 == "svc" || /[ \t](\*%gs:0x10|\$0x80|__libc_do_syscall)$/ {
        if (call in names) print object, names[call] }' "$numbers" - |
    sort -u
