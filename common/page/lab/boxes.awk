# Print a page of Markdown with nothing but some of its console boxes, each in its old place:
# left="COMMAND..." awk -f boxes.awk NUMBERS PAGE. The first file has the numbers of the boxes, from
# 1 on. Commands that are `left` out go, with their answer.
FNR == NR { wanted[$1] = 1; next }
FNR == 1 { n = split(ENVIRON["left"], lines, "\n"); for (i = 1; i <= n; i++) out[lines[i]] = 1 }
/^<!-- (varies|machine|not run): / { note = $0; next }
/^```console$/ { box++; inside = box in wanted; if (note != "") print inside ? note : ""; note = ""; leave = 0; lost = 0 }
!inside { if (note != "") { print ""; note = "" } print ""; next }
/^([$#]|[a-z][a-z0-9_.-]*-#) / { command = $0; sub(/^[^ ]* /, "", command); leave = command in out }
/^```$/ { leave = 0 }
leave { lost++; next }
{ print }
/^```$/ { inside = 0; while (lost-- > 0) print "" }
