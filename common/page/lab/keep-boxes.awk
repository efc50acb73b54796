# Print a page of Markdown with nothing but some of its console boxes:
# skipped="COMMAND..." awk -f keep-boxes.awk NUMBERS PAGE. The first file has the numbers of the boxes, from 1
# on. The `skipped` commands go, with their answers. What goes leaves empty lines, so that each line keeps its
# number. The comment above a box says how it is compared: it stays if the box stays.

FNR == NR {
    wanted[$1] = 1
    next
}

FNR == 1 {
    count = split(ENVIRON["skipped"], commands, "\n")
    for (i = 1; i <= count; i++)
        is_skipped[commands[i]] = 1
}

/^<!-- (varies|machine|not run): / {
    comment = $0
    next
}

/^```console$/ {
    inside = ++box in wanted
    if (comment != "")
        print inside ? comment : ""
    comment = ""
    skipping = lost = 0
}

!inside {
    if (comment != "")
        print ""
    comment = ""
    print ""
    next
}

/^([$#]|[a-z][a-z0-9_.-]*-#) / {
    command = $0
    sub(/^[^ ]* /, "", command)
    skipping = command in is_skipped
}

/^```$/ { skipping = 0 }

skipping {
    lost++
    next
}

{ print }

/^```$/ {
    inside = 0
    while (lost-- > 0)
        print ""
}
