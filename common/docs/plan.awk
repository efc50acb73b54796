# Finds the boxes of a tutorial, and makes of them the plan of a lesson: plan MINUTES LAST FILE PAGE
#
# Each line of FILE is one part of the lesson: CHAPTER MINUTES WHAT TEXT. Chapter 0 is a break. WHAT is
#
#     /RE/         you type the chapter's first box that has such a command
#     type         everybody types the boxes of the chapter
#     exercises:N  everybody does N of its exercises
#     -            you speak
#
# The plan is refused when its parts do not take MINUTES together, when it leaves out one of the chapters
# 1 to LAST of PAGE, or when a part takes less time than chapters.awk counts for it.

function is_command(line) {
    return line ~ /^([$#]|[a-z][a-z0-9_.-]*-#) /
}

# Sets box_section and box_anchor to the heading above the box, box_typed to the command that was looked
# for, box_commands to how many it has, box_first and box_last to its lines in `text`.
function find_box(chapter, pattern,    i, fenced, n, name, seen) {
    for (i = 1; i <= count; i++) {
        if (text[i] ~ /^```/) {
            box_last = i - 1
            if (fenced != "" && box_typed != "")
                return 1
            fenced = fenced == "" ? text[i] : ""
            box_first = i + 1
            box_commands = 0
            box_typed = ""
        } else if (fenced == "" && match(text[i], /^##+ /)) {
            box_section = substr(text[i], RLENGTH + 1)
            n = RLENGTH == 3 ? int(box_section) : n
            name = anchor_of(box_section)
            box_anchor = name (seen[name] ? "-" seen[name] : "")
            seen[name]++
        } else if (fenced == "```console" && is_command(text[i])) {
            box_commands++
            if (n == chapter && box_typed == "" && text[i] ~ pattern)
                box_typed = text[i]
        }
    }
    return 0
}

# Reduces `text` to the box of find_box().
function keep_box(    i) {
    count = box_last - box_first + 1
    for (i = 1; i <= count; i++)
        text[i] = text[box_first + i - 1]
}

# The way from this page to another one, which both are named from the project's folder.
function way_to(page,    here) {
    here = FILENAME
    gsub(/[^\/]+\//, "../", here)
    sub(/[^\/]*$/, "", here)
    return here page
}

function clock(time) {
    return int(time / 60) ":" (time % 60 < 10 ? "0" : "") time % 60
}

# Returns the minutes that a part needs at least, and sets where and typed for the table, or fails (-1).
function part_needs(n, what, page,    number) {
    where = n ? "[" title[n] "](" way_to(page) "#" anchor_of(title[n]) ")" : ""
    typed = ""
    number = what
    if (what == "-")
        return 1
    if (what == "type") {
        typed = "all of its boxes"
        return minutes(words[n, 0] + words[n, 1], commands[n], 0)
    }
    if (sub(/^exercises:/, "", number)) {
        typed = "exercises"
        return number > 0 && number <= tasks[n] ? minutes(0, 0, number) : -1
    }
    if (what !~ /^\/.+\/$/ || !find_box(n, substr(what, 2, length(what) - 2)))
        return -1
    where = "[" n ": " box_section "](" way_to(page) "#" box_anchor ")"
    sub(/^[^ ]+ /, "", box_typed)
    gsub(/\|/, "\\|", box_typed)
    typed = "`` " box_typed " ``"
    return minutes(0, box_commands, 0)
}

function read_parts(file,    i) {
    parts = 0
    if (!read_file(file))
        return complain("no file " file)
    for (i = 1; i <= count; i++)
        if (text[i] !~ /^(#|$)/)
            part[++parts] = text[i]
    return parts
}

# Returns one row of the table, and adds its minutes to `time`.
function plan_row(line, page,    n, what, needs, from) {
    selection = line
    n = next_word() + 0
    from = next_word() + 0
    what = next_word()
    needs = n && !(n in title) ? -1 : part_needs(n, what, page)
    if (needs < 0)
        return complain("not in the chapter: " n " " from " " what)
    if (needs > from)
        return complain("takes " int(needs + 0.99) " minutes, and has " from ": " n " " what)
    planned[n]
    time += from
    return "| " clock(time - from) " | " from " | " where " | " typed " | " selection " |\n"
}

function plan(    wanted, last, file, page, result, i, row) {
    wanted = next_word() + 0
    last = next_word() + 0
    file = next_word()
    page = next_word()
    if (page == "")
        return complain("wanted: plan MINUTES LAST FILE PAGE")
    if (!read_parts(file))
        return 0
    if (!read_file(page))
        return complain("no file " page)
    count_chapters()
    split("", planned)
    time = 0
    result = "\n| at | minutes | where | what is typed | what for |\n|--:|--:|---|---|---|\n"
    for (i = 1; i <= parts; i++) {
        row = plan_row(part[i], page)
        if (!row)
            return 0
        result = result row
    }
    for (i = 1; i <= last; i++)
        if (!(i in planned))
            return complain(file " leaves out chapter " i)
    if (time != wanted)
        return complain(file " takes " time " minutes, not " wanted)
    return result "| " clock(time) " | " time " | together | | |\n\n"
}
