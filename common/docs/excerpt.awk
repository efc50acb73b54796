# Makes excerpts: from a C file the definition of a name; from that, or from what a program prints,
# the lines that a selection keeps. The functions here work on the array `text` of `count` lines.
#
# A selection is a list of ranges, with commas between them: `/RE/` keeps one line, `/RE/ to /RE/`
# and `/RE/ to end` keep several. Each range is looked for below the one before it.

function read_file(path,    line, status) {
    count = 0
    while ((status = (getline line < path)) > 0)
        text[++count] = line
    close(path)
    return status == 0
}

function read_command(command,    line) {
    count = 0
    while ((command | getline line) > 0)
        text[++count] = line
    close(command)
    return count > 0
}

# Returns the last line of the definition that begins with line `i`, or 0 for a declaration.
function definition_end(i,    declaration) {
    for (declaration = ""; i <= count; i++) {
        declaration = declaration text[i]
        sub(/ *\/[*\/].*/, "", declaration)
        if (text[i] ~ /^}/)
            return i
        if (declaration ~ /;$/ && !is_open(declaration))
            return declaration ~ /[={]/ ? i : 0
    }
    return 0
}

function is_open(declaration) {
    return gsub(/[{]/, "", declaration) > gsub(/[}]/, "", declaration)
}

# Reduces `text` to the definition of a function, or of a struct, enum or variable, of this name.
function keep_definition(name,    i, j, first, last) {
    for (i = 1; i <= count && !last; i++)
        if (text[i] ~ /^[a-z]/ && text[i] ~ ("(^|[^A-Za-z0-9_])" name " *([[({=]|$)"))
            last = definition_end(first = i)
    if (!last)
        return 0
    for (j = first; j <= last; j++)
        text[j - first + 1] = text[j]
    count = last - first + 1
    return 1
}

function indentation(i) {
    while (i < count && text[i] == "")
        i++
    match(text[i], /^ */)
    return substr(text[i], 1, RLENGTH)
}

function find_line(i, pattern) {
    while (i <= count && text[i] !~ pattern)
        i++
    return i
}

# Takes the first word, or the /RE/, from the start of `selection`.
function next_word(    word) {
    if (!match(selection, /^\/([^\/\\]|\\.)*\//))
        match(selection, /^[^ ,]+|^,/)
    word = substr(selection, 1, RLENGTH)
    selection = substr(selection, RLENGTH + 1)
    sub(/^ +/, "", selection)
    return word
}

function next_line_that_matches(i, word,    found) {
    if (word !~ /^\/.+\/$/)
        return complain("not a /RE/ in the selection: " word)
    found = find_line(i, substr(word, 2, length(word) - 2))
    return found <= count ? found : complain("no line " word " in " place)
}

# Returns the chosen lines, with `...` for those left out between, and with `ends` also around them.
function chosen(ends,    result, before, first, last, word) {
    for (before = 0; selection != ""; before = last) {
        first = last = next_line_that_matches(before + 1, next_word())
        if (first && selection ~ /^to /) {
            next_word()
            word = next_word()
            last = word == "end" ? count : next_line_that_matches(first + 1, word)
        }
        if (!last)
            return result
        if (first > before + 1 && (before || ends))
            result = result (ends ? "" : indentation(before + 1)) "...\n"
        for (; first <= last; first++)
            result = result text[first] "\n"
        if (selection != "" && (word = next_word()) != ",")
            return result complain("not understood in the selection: " word)
    }
    return before < count && ends ? result "...\n" : result
}

# True if each { has its } below it. Braces in a string, a character or a comment do not count.
function has_balanced_braces(code,    i, brace, depth) {
    gsub(/"([^"\\]|\\.)*"|'[{}]'|\/\/[^\n]*|\/[*]([^*]|[*]+[^*\/])*[*]+\//, "", code)
    gsub(/[^{}]/, "", code)
    for (i = 1; i <= length(code) && depth >= 0; i++) {
        brace = substr(code, i, 1)
        depth += brace == "{" ? 1 : -1
    }
    return depth == 0
}

function everything(    result, i) {
    for (i = 1; i <= count; i++)
        result = result text[i] "\n"
    return result
}
