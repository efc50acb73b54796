# Check the page of what goes wrong in the room against the doctor's code:
# awk -f room.awk tests/doctor/*.c SOURCE... PAGE. The page must have a heading for each of the doctor's
# checks, in their order. What it quotes, as "- `WORDS`" or "Cure: `WORDS`", must be in a source, and each
# note and lack of the doctor must be quoted. Three dots in the page are a %s or the like in the source.

function complain(message) {
    print FILENAME ":" FNR ": " message >"/dev/stderr"
    failed = 1
}

function plain(text) {
    gsub(/\\"/, "\"", text)
    gsub(/%[.*0-9]*[a-z]/, "...", text)
    gsub(/\.\.\.[.]*\.\.\./, "...", text)
    return text
}

# The compiler joins "a" and "b" on two lines, and so does this.
function end_file() {
    gsub(/" *\n *"/, "", text)
    sources = sources plain(text)
    while (doctor && match(text, /doctor_(note|lack)\([a-z]+,[ \n]*"([^"\\]|\\.)*"/)) {
        said = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        sub(/^[^"]*"/, "", said)
        sub(/"$/, "", said)
        if (plain(said) != "...") # what a step reported
            answers[plain(said)]
    }
    text = ""
}

function quote(words) {
    if (!index(sources, words))
        complain("no source says: " words)
    for (answer in answers)
        if (index(answer, words))
            delete answers[answer]
}

FNR == 1 {
    end_file()
    doctor = FILENAME ~ /^tests\/doctor\//
    page = FILENAME ~ /\.md$/
}

!page { text = text $0 "\n" }

FILENAME ~ /doctor\/checks\.c$/ && match($0, /^    \{"[a-z0-9-]+"/) {
    codes[++count] = substr($0, RSTART + 6, RLENGTH - 7)
}

page && /^### / && $2 != codes[++at] {
    complain("after " (at > 1 ? codes[at - 1] : "the title") " comes the check " codes[at] ", and not " $2)
    at = count
}

page && match($0, /^- `[^`]+`/) { quote(substr($0, RSTART + 3, RLENGTH - 4)) }

page && match($0, /Cure: `[^`]+`/) { quote(substr($0, RSTART + 7, RLENGTH - 8)) }

END {
    if (at < count)
        complain("the check " codes[at + 1] " is missing")
    for (answer in answers)
        complain("the doctor also says: " answer)
    exit failed
}
