# Prints the report of run.sh, from the results and `expected`. -v form is markdown, json, or text:
# a table for a terminal of 80 columns, which leaves out how an attack is stopped. -v columns,
# facts, machine and versions are lists of words to print and to judge by. The exit status is 1 when
# a result is not the expected one, 2 when there is none.

BEGIN {
    count = split(columns, column, " ")
    facts = " " facts
    strict = facts ~ / vm / # other machines may lack or forbid what is attacked
    caller = facts ~ / root / ? "root" : "user"
    partial = (" " columns " ") !~ / host .* step04 / # not all controls
    FS = "|"
}

# ATTACK COLUMN open | x HOW | n/a WHY | ? WHAT. A control run only tells what worked there.
results != "" {
    split($0, word, " ")
    answer = substr($0, length(word[1] word[2]) + 3)
    if (results == "own") {
        said[word[1], word[2]] = answer
        tried[word[1]] = 1
    } else if (answer == "open") {
        works[word[1], word[2]] = 1
    }
    next
}

# when FACT... | ATTACK | the results then; a dot is for no change
/^when / {
    exceptions++
    when[exceptions] = substr($1, 6)
    which[exceptions] = $2
    instead[exceptions] = $3
    next
}

{
    rows++
    row[rows] = $1
    name[rows] = $2
    where[rows] = $3
    expected[rows] = $4
    what[rows] = $5
    closed_by[rows] = $6
}

# A closed cell counts only if an earlier column is open. Where only some columns are there, it also
# counts if the attack was not tried outside of a container.
function judge(attack, i,    result, j) {
    if (("*", column[i]) in said)
        return "n/a no container"
    result = said[attack, column[i]]
    if (result !~ /^x/)
        return result
    for (j = 1; j < i; j++)
        if (said[attack, column[j]] == "open")
            return result
    for (j = 0; j < 6; j++)
        if ((attack, j ? "step0" j : "host") in works)
            return result
    if (partial && said[attack, "host"] !~ /^x/)
        return result
    return "n/a it works nowhere here: " result
}

function holds(condition,    fact, n, j) {
    n = split(condition, fact, " ")
    for (j = 1; j <= n; j++)
        if (facts !~ (" " fact[j] " "))
            return 0
    return 1
}

# Returns O, x or n. Of O/x the first is for root, the second for an ordinary user.
function wanted(r, step,    cells, cell, part, j) {
    split(expected[r], cells, " ")
    cell = cells[step]
    for (j = 1; j <= exceptions; j++)
        if (which[j] == name[r] && holds(when[j]) && split(instead[j], cells, " ") && cells[step] != ".")
            cell = cells[step]
    split(cell, part, "/")
    return caller == "user" && part[2] ? part[2] : part[1]
}

function letter(result) {
    return result == "open" ? "O" : result ~ /^x/ ? "x" : result ~ /^n/ ? "n" : "?"
}

# In the lab step05 makes a container for everybody. Step 4 needs a cgroup that is delegated.
function is_expected(result, want, in_column) {
    if (letter(result) == want)
        return 1
    return letter(result) == "n" && (!strict || result ~ /no container/ && in_column != "step05")
}

function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}

# Collects the columns for which a reason holds.
function note(attack, why, here) {
    if (!((attack, why) in noted))
        reason[++reasons] = attack SUBSEP why
    noted[attack, why] = noted[attack, why] " " here
}

function add_cell(r, i,    result, want) {
    result = judge(name[r], i)
    letters[r, i] = letter(result)
    cells = cells " " (result == "open" ? "O" : result ~ /^n/ ? "n/a" : result) " |"
    json = json (json ? ", " : "") quoted(column[i]) ": " quoted(result)
    if (result == "open")
        open[i]++
    if (result ~ /^n/ && result !~ /no container/)
        note(row[r] " " name[r], substr(result, 5), column[i])
    if (column[i] !~ /^step/)
        return
    want = wanted(r, substr(column[i], 6))
    if (!is_expected(result, want, column[i]))
        wrong = wrong sprintf("%s %s, %s: expected %s, but: %s\n", row[r], name[r], column[i], want, result)
}

# Prints words in lines that begin with `start`, and none is longer than the width.
function print_wrapped(words, start, width,    word, n, j, line) {
    n = split(words, word, " ")
    line = start word[1]
    for (j = 2; j <= n; j++) {
        if (length(line " " word[j]) > width) {
            print line
            line = start word[j]
        } else {
            line = line " " word[j]
        }
    }
    print line
}

# Returns a cell as wide as its column's title, with its letter in the middle.
function text_cell(title, sign,    left) {
    left = int((length(title) + 1) / 2)
    return sprintf(" %" left "s%" (length(title) - left) "s", sign, "")
}

function text_title(i) {
    return column[i] ~ /^step/ ? "s" substr(column[i], 5) : column[i]
}

# Returns how much of the words fits into that room.
function fitting(words, room,    cut) {
    cut = room + 1
    while (length(words) > room && cut > 1 && substr(words, cut, 1) != " ")
        cut--
    return cut - 1
}

function print_text_row(r, i,    line, room, fits) {
    for (i = 1; i <= count; i++)
        line = line text_cell(text_title(i), letters[r, i])
    room = 80 - 4 - length(line)
    fits = fitting(what[r], room)
    sub(/ +$/, "", line)
    printf "%-3s %-" room "s%s\n", row[r], substr(what[r], 1, fits), line
    if (length(what[r]) > fits)
        print_wrapped(substr(what[r], fits + 1), "      ", 80)
}

function print_text(    i, line) {
    print_wrapped(machine ", as " (caller == "root" ? "root" : "an ordinary user") (versions ? ", " versions : "") ".", "", 80)
    print_wrapped("O: it works; x: it is stopped; n: there is nothing to attack. `make attacks MARKDOWN=1` tells how it is stopped, and by what.", "", 80)
    for (i = 1; i <= count; i++)
        line = line " " text_title(i)
    printf "\n%-3s %-" (80 - 4 - length(line)) "s%s\n", "#", "attack", line
    for (i = 1; i <= rows; i++)
        if (name[i] in tried)
            print_text_row(i)
    print ""
    print_end()
}

function print_markdown(    i, head, rule) {
    print machine ", as " (caller == "root" ? "root" : "an ordinary user") (versions ? ", " versions : "") "."
    print "O: it works; x: it is stopped, and how; n/a: there is nothing to attack, see below.\n"
    for (i = 1; i <= count; i++) {
        head = head " " column[i] " |"
        rule = rule "--|"
    }
    print "| # | attack |" head " closed by |\n|--|--|" rule "--|\n" matrix
    print_end()
}

# Prints words on a line of their own. On a terminal they take as many lines as they need.
function print_remark(words) {
    if (words !~ /^[0-9]/)
        print ""
    if (form == "text")
        print_wrapped(words, "", 80)
    else
        print words
}

function print_end(    i, part) {
    printf "Open:"
    for (i = 1; i <= count; i++)
        printf " %s %d%s", column[i], open[i], i < count ? "," : "\n"
    for (i = 1; i <= count; i++)
        if (("*", column[i]) in said)
            print_remark(column[i] " makes no container here: " substr(said["*", column[i]], 5))
    if (reasons)
        print "\nn/a:"
    for (i = 1; i <= reasons; i++) {
        split(reason[i], part, SUBSEP)
        print_remark(part[1] ":" noted[reason[i]] ": " part[2])
    }
    if (left)
        print_remark("These could do harm, so only the virtual machine runs them: " left)
}

END {
    for (r = 1; r <= rows; r++) {
        if (where[r] == "vm" && !strict && (selected == "" || selected == row[r] || selected == name[r]))
            left = left (left ? ", " : "") row[r] " " name[r]
        if (!(name[r] in tried))
            continue
        some = 1
        cells = json = ""
        for (i = 1; i <= count; i++)
            add_cell(r, i)
        matrix = matrix "| " row[r] " | " what[r] " |" cells " " closed_by[r] " |\n"
        objects = objects (objects ? ",\n" : "") "  {\"row\": " quoted(row[r]) ", \"attack\": " quoted(name[r]) \
            ", \"what\": " quoted(what[r]) ",\n   \"closed by\": " quoted(closed_by[r]) ",\n   \"results\": {" json "}}"
    }
    if (form == "json")
        print "{\"machine\": " quoted(machine) ", \"caller\": " quoted(caller) ", \"attacks\": [\n" objects "\n]}"
    else if (form == "text")
        print_text()
    else
        print_markdown()
    if (("*", "step05") in said)
        wrong = wrong "step05 makes no container: " substr(said["*", "step05"], 5) "\n"
    if (wrong)
        printf "\nNot as expected:\n%s", wrong >"/dev/stderr"
    if (!some)
        print "No attack was tried." >"/dev/stderr"
    exit some || wrong ? wrong != "" : 2
}
