# Print a page, with its generated parts made again. It needs excerpt.awk, chapters.awk and plan.awk.
# Such a part is
#
#     <!-- docs: KIND ARGUMENTS -->
#     whatever was generated
#     <!-- /docs -->
#
# Only comments before the fence are kept: other scripts need them. The KINDs are:
#
#     code FILE NAME [SELECTION]  a definition in a C file, or some lines of it
#     diff STEP [SELECTION]       what `make diff` prints
#     usage PROGRAM               what PROGRAM -h prints
#     options PROGRAM             the options of this, as a table
#     file FILE                   the text of a file, such as what `make bench` has printed
#     chapters LAST MINUTES LINES the chapters and their minutes, see chapters.awk
#     plan MINUTES LAST FILE PAGE the plan of a lesson with the boxes of PAGE, see plan.awk
#     box PAGE CHAPTER /RE/ [SELECTION]  the chapter's first box with such a command, or some of its lines
#     languages                   the tutorial in all languages of po4a.cfg that have it
#     attacks                     which attack works on which step, as a table

function complain(message) {
    printf "%s:%d: %s\n", FILENAME, marker ? marker : FNR, message >"/dev/stderr"
    failed = 1
    return 0
}

function fence(language, content) {
    return "```" language "\n" content "```\n"
}

function code(    file, name) {
    file = next_word()
    name = next_word()
    if (name == "")
        return complain("wanted: code FILE NAME")
    if (!read_file(file))
        return complain("no file " file)
    if (!keep_definition(name))
        return complain("no function " name " in " file)
    place = file " " name
    return balanced(fence("c", selection == "" ? everything() : chosen(0)))
}

function balanced(excerpt) {
    return has_balanced_braces(excerpt) ? excerpt : \
        complain("the braces of this excerpt do not balance")
}

function difference(    step) {
    step = next_word()
    if (step !~ /^[0-9]$/ || !read_command("sh common/lab/diff.sh " step))
        return complain("no step " step)
    place = "make diff STEP=" step
    return fence("console", "$ make diff STEP=" step "\n" (selection == "" ? everything() : chosen(1)))
}

function read_usage(program) {
    return program ~ /^build\/[a-z0-9]+$/ && system("test -x " program) == 0 &&
        read_command(program " -h") || complain("no program " program ": make builds them")
}

function usage(    program) {
    program = next_word()
    return read_usage(program) ? fence("console", "$ " program " -h\n" everything()) : 0
}

function options(    result, i, end) {
    if (!read_usage(next_word()))
        return 0
    result = "\n| option | what it does |\n|---|---|\n"
    for (i = 1; i <= count; i++)
        if (text[i] ~ /^  -/) {
            sub(/^ +/, "", text[i])
            gsub(/\|/, "\\|", text[i])
            end = match(text[i], /  +/)
            result = result "| `" substr(text[i], 1, end - 1) "` | " substr(text[i], end + RLENGTH) " |\n"
        }
    return result "\n"
}

function whole_file(    file) {
    file = next_word()
    return read_file(file) ? fence("text", everything()) : complain("no file " file)
}

function box(    page, chapter, pattern) {
    page = next_word()
    chapter = next_word() + 0
    pattern = next_word()
    if (!chapter || pattern !~ /^\/.+\/$/)
        return complain("wanted: box PAGE CHAPTER /RE/")
    if (!read_file(page))
        return complain("no file " page)
    place = page ", chapter " chapter
    if (!find_box(chapter, substr(pattern, 2, length(pattern) - 2)))
        return complain("no box with the command " pattern " in " place)
    keep_box()
    return fence("console", selection == "" ? everything() : chosen(0))
}

function attacks() {
    if (!read_command("sh tests/attacks/table.sh"))
        return complain("tests/attacks/table.sh prints nothing")
    return "\n" everything() "\n"
}

# What LANGUAGE.po has for the words "In English". They are there only when somebody has translated them.
function words_for(language,    i) {
    if (read_file("common/docs/" language ".po"))
        for (i = 1; i < count; i++)
            if (text[i] == "msgid \"In English\"")
                return substr(text[i + 1], 9, length(text[i + 1]) - 9)
    return ""
}

function languages(    result, list, n, i) {
    if (!read_file("common/docs/po4a.cfg"))
        return complain("no file common/docs/po4a.cfg")
    i = find_line(1, "^\\[po4a_langs\\]")
    n = split(i > count ? "" : text[i], list)
    result = "\n[In English](" way_to("TUTORIAL.md") ")"
    for (i = 2; i <= n; i++)
        if (words_for(list[i]) != "")
            result = result " · [" words_for(list[i]) "](" way_to("common/docs/TUTORIAL." list[i] ".md") ")"
    return result "\n\n"
}

function generated(kind) {
    if (kind == "code")
        return code()
    if (kind == "diff")
        return difference()
    if (kind == "usage")
        return usage()
    if (kind == "options")
        return options()
    if (kind == "file")
        return whole_file()
    if (kind == "chapters")
        return chapters()
    if (kind == "plan")
        return plan()
    if (kind == "box")
        return box()
    if (kind == "languages")
        return languages()
    if (kind == "attacks")
        return attacks()
    return complain("unknown kind of marker: " kind)
}

marker && $0 == "<!-- /docs -->" {
    printf "%s", block
    marker = 0
    print
    next
}

marker && /^<!-- docs: / { unclosed() }

marker {
    if (/^```/ || !/^<!--.*-->$/)
        comments = 0
    if (comments)
        print
    next
}

/^```/ { fenced = !fenced }

{ print }

!fenced && $0 == "<!-- /docs -->" { complain("there is no marker that this could close") }

!fenced && /^<!-- docs: .* -->$/ {
    selection = substr($0, 12, length($0) - 15)
    marker = FNR
    block = generated(next_word())
    comments = 1
}

function unclosed() {
    complain("this marker is not closed: <!-- /docs -->")
    marker = 0
    exit 2
}

END {
    if (marker)
        unclosed()
    exit failed ? 2 : 0
}
