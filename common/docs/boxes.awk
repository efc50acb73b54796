# Compare the boxes of a translated page with those of the first one: awk -f boxes.awk PAGE PAGE. The same
# lines must stand in the same order: those of the boxes, and the lone comments, which say how a box is run.
# Only the words in a drawing may be others.

function complain(line, message) {
    printf "%s:%d: %s\n", FILENAME, line, message >"/dev/stderr"
    failed = 1
    exit 1
}

FNR == 1 { fenced = drawing = 0 }

/^ *```/ { fenced = !fenced; drawing = fenced && /drawing$/ }

drawing && !/^```/ { next }
!fenced && !/^ *```$/ && !/^<!--.*-->$/ { next }

NR == FNR {
    line[++count] = $0
    where[count] = FILENAME ":" FNR
    next
}

++at > count { complain(FNR, "the boxes go on here, and those of the other page have ended") }

$0 != line[at] { complain(FNR, "a box differs here from " where[at] ": " line[at]) }

END {
    if (!failed && (!count || at < count))
        complain(FNR, count ? "a box is missing: " where[at + 1] : "there are no boxes to compare")
    exit failed
}
