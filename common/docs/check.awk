# Check a page. Fences must be closed and of a known language. What links and pictures name must
# exist. A C file must be a link where a chapter first names it. Web links are not tried.

function complain(line, message) {
    printf "%s:%d: %s\n", FILENAME, line, message >"/dev/stderr"
    failed = 1
}

# Letters with an accent are two bytes in UTF-8. That of a small one has its second byte 32 higher.
function small(letters,    i) {
    letters = tolower(letters)
    for (i = 128; i <= 158; i++)
        if (i != 151) # a multiplication sign
            gsub("\303" sprintf("%c", i), "\303" sprintf("%c", i + 32), letters)
    return letters
}

# Returns the name that a link to a heading uses. It has no dashes or curly quotes, which begin by \342\200.
function anchor(heading) {
    sub(/^#+ +/, "", heading)
    heading = small(heading)
    gsub(/\342\200./, "", heading)
    gsub(/[^a-z0-9 _\200-\377-]/, "", heading)
    gsub(/ /, "-", heading)
    return heading
}

# Collects anchors[FILE, NAME]. The second heading of the same words gets -1, the third -2.
function read_anchors(file,    line, fenced, name, seen) {
    if (file in known)
        return
    known[file]
    while ((getline line < file) > 0) {
        if (line ~ /^ *```/)
            fenced = !fenced
        if (fenced || line !~ /^#+ /)
            continue
        name = anchor(line)
        anchors[file, seen[name] ? name "-" seen[name] : name]
        seen[name]++
    }
    close(file)
}

function exists(path) {
    return path !~ /'/ && system("test -e '" path "'") == 0
}

function check_link(target,    hash, file, folder) {
    sub(/ .*/, "", target)
    if (target ~ /^[a-z]+:/)
        return
    hash = index(target, "#")
    file = hash ? substr(target, 1, hash - 1) : target
    folder = FILENAME ~ /\// ? FILENAME : ""
    sub(/[^\/]*$/, "", folder)
    file = file == "" ? FILENAME : folder file
    if (!exists(file)) {
        complain(FNR, "there is no file " file)
    } else if (hash) {
        read_anchors(file)
        if (!((file, substr(target, hash + 1)) in anchors))
            complain(FNR, "there is no heading " target)
    }
}

# `main.c` alone needs no link: each step has one.
function check_named_files(line,    name) {
    while (match(line, /\[?`[a-z0-9_-][a-z0-9_\/-]*\.[ch]`/)) {
        name = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (sub(/^\[/, "", name))
            linked[name]
        else if (!(name in linked) && name != "`main.c`")
            complain(FNR, name " is named here for the first time in its chapter, and is no link")
    }
}

# Inside a fence, a fence with a language can only begin the next one: the first is not closed.
/^ *```/ {
    language = $0
    sub(/^ *```/, "", language)
    if (fence && language != "")
        complain(fence, "this fence is not closed")
    if (fence && language == "") {
        fence = 0
        next
    }
    fence = FNR
    if (language !~ /^(console|c|text|drawing|mermaid|sh)$/)
        complain(FNR, "unknown language of a fence: '" language "'")
}

fence { next }

/^## / { split("", linked) }

{
    check_named_files($0)
    rest = $0
    gsub(/`[^`]*`/, "", rest)
    while (match(rest, /\]\([^)]*\)/)) {
        check_link(substr(rest, RSTART + 2, RLENGTH - 3))
        rest = substr(rest, RSTART + RLENGTH)
    }
}

END {
    if (fence)
        complain(fence, "this fence is not closed")
    exit failed ? 2 : 0
}
