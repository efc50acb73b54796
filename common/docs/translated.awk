# Finish a page that po4a made for common/docs: awk -v language=pt -f translated.awk PAGE. Its links to
# files lead there from the project's folder, and its pictures are those of its language. po4a puts an
# empty line after each item of a list. The lists of the tutorial have none.

BEGIN { item = "^ *([-*]|[0-9]+[.]) " }

function with_links(line,    result, target) {
    while (match(line, /\]\([^):#][^):]*\)/)) {
        target = substr(line, RSTART, RLENGTH)
        sub(/^\]\(/, "](../../", target)
        sub(/^\]\(..\/..\/common\/docs\//, "](", target)
        sub(/^\]\(pictures\//, "](pictures/" language "/", target)
        result = result substr(line, 1, RSTART - 1) target
        line = substr(line, RSTART + RLENGTH)
    }
    return result line
}

!fenced && $0 == "" {
    empty = 1
    next
}

{
    if (empty && !(listed && $0 ~ item))
        print ""
    empty = 0
}

/^ *```/ { fenced = !fenced }

fenced || /^ *```$/ || /^<!--/ {
    print
    listed = 0
    next
}

{
    listed = $0 ~ item || listed && /^ /
    print with_links($0)
}
