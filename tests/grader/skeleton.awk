# Replaces the bodies of a C file's functions by a TODO: awk -v file=NAME -f skeleton.awk TABLE FILE.
# A line "todo FILE FUNCTION [RESULT [HEADER]]" of the table names a function, what it returns (-1, or
# RESULT), and where its contract stands (the file's own header or the comment above it, or HEADER).
#
# It relies on the house's style: a function's name stands on its first line, at the margin, and its
# braces stand alone at the margin.

FNR == NR {
    if ($1 == "todo" && $2 == file) {
        result[$3] = $4 == "" ? "-1" : $4
        contract[$3] = $5 == "" ? "in the header, or in the comment above" : "in " $5
    }
    next
}

/^[a-z].*\(/ {
    name = $0
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
}

# The body goes on after a test of the file for the two headers that it needs.
/^#include/ { last = ++count; line[count] = $0; has[$2] = 1; if (!first) first = count; next }

skipping { if ($0 != "}") next }
{ skipping = 0; line[++count] = $0 }

$0 == "{" && name in result {
    line[++count] = "    /* TODO: write this function. Its contract is " contract[name] ". */"
    line[++count] = "    errno = ENOSYS;"
    if (result[name] == "-1") {
        line[++count] = "    return report_errno(\"TODO: " name "\");"
    } else {
        line[++count] = "    report_errno(\"TODO: " name "\");"
        line[++count] = "    return " result[name] ";"
    }
    skipping = 1
}

END {
    for (i = 1; i <= count; i++) {
        print line[i]
        if (i == first && !has["<errno.h>"])
            print "#include <errno.h>"
        if (i == first && !has["\"report.h\""])
            print "#include \"report.h\""
    }
}
