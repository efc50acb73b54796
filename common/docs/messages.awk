# Check a translation: awk -f messages.awk LANGUAGE.po. Each message must be translated, and have the
# `code` of the English one, and its links to files and to the web, in any order. It may have more: it can
# be needed to explain an English word. A table must have the same rows and columns.

BEGIN {
    RS = ""
    FS = "\n"
}

function complain(message,    start) {
    start = substr(id, 1, 60)
    gsub(/\\n/, " ", start)
    printf "%s: %s: \"%s\"\n", place, message, start >"/dev/stderr"
    failed = 1
}

# Counts code and links in found[]. The end of a line in them is a space.
function collect(text, found,    part) {
    split("", found)
    gsub(/\\n/, " ", text)
    while (match(text, /`[^`]+`|\]\([^)#][^)]*\)|https?:[^ )>]*/)) {
        part = substr(text, RSTART, RLENGTH)
        found[part]++
        text = substr(text, RSTART + RLENGTH)
    }
}

# Leaves the bars and the ends of lines.
function shape(text) {
    gsub(/\\n/, "\n", text)
    gsub(/[^|\n]+/, "", text)
    return text
}

# Sets id, translation and place. Other lines of a message, such as its English text before a change, begin
# with #, and those that no page has any more begin with #~.
function read_message(    i, in_id) {
    id = translation = place = ""
    for (i = 1; i <= NF; i++) {
        if (place == "" && sub(/^#: (prose\/)?/, "", $i)) {
            sub(/ .*/, "", $i)
            place = $i
        }
        if ($i ~ /^msg/)
            in_id = $i ~ /^msgid /
        if (sub(/^(msgid |msgstr )?"/, "", $i) && sub(/"$/, "", $i)) {
            if (in_id)
                id = id $i
            else
                translation = translation $i
        }
    }
}

/(^|\n)#, [^\n]*fuzzy/ { fuzzy = 1 }

{ read_message() }

id != "" && (fuzzy || translation == "") {
    complain(fuzzy ? "this text has changed, and its translation must" : "this is not translated")
    fuzzy = 0
    next
}

id ~ /^\|/ && shape(id) != shape(translation) { complain("the table has another shape in the translation of") }

id != "" {
    collect(id, wanted)
    collect(translation, seen)
    for (part in wanted)
        if (wanted[part] > seen[part])
            complain(part " is here " wanted[part] " times, and " seen[part] + 0 " times in the translation of")
}

{ fuzzy = 0 }

END { exit failed }
