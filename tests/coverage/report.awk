# Reads what `llvm-cov export -format=lcov` says of each program: DA:LINE,COUNT below SF:FILE. A line
# has run when it ran in one of them. Prints a table of the files, with the lines that never ran, and
# fails when less than `least` percent of all lines have run.

/^SF:/ {
    parts = split($0, part, "/")
    file = part[parts - 1] "/" part[parts]
    counts = file ~ /^(common|step)/ # and not the tests themselves
}

/^DA:/ && counts {
    split(substr($0, 4), field, ",")
    if (!((file, field[1]) in ran)) {
        lines[file]++
        ran[file, field[1]] = 0
        if (field[1] > last[file])
            last[file] = field[1]
    }
    if (field[2] > 0)
        ran[file, field[1]] = 1
}

# "31-33 50": neighbours are one range.
function list(file,    line, from, text) {
    for (line = 1; line <= last[file] + 1; line++) {
        never = (file, line) in ran && !ran[file, line]
        missed[file] += never
        if (never && !from)
            from = line
        if (!never && from) {
            text = text " " from (from < line - 1 ? "-" line - 1 : "")
            from = 0
        }
    }
    return text
}

END {
    for (file in lines) {
        text = list(file)
        all += lines[file]
        all_missed += missed[file]
        printf "%-34s %3d of %3d  %5.1f %% %s\n", file, lines[file] - missed[file], lines[file],
            100 * (lines[file] - missed[file]) / lines[file], text ? " never:" text : "" | "sort"
    }
    close("sort")
    if (!all) {
        print "nothing was counted"
        exit 1
    }
    percent = 100 * (all - all_missed) / all
    printf "%.1f %% of %d lines have run; %s %% must\n", percent, all, least
    exit percent < least
}
