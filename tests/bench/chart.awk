# What `make bench` prints, as a picture with bars. The first line names the machine.
NR == 1 { machine = $0 }

$4 ~ /^[0-9.]+$/ && NF > 3 && $2 ~ /^[0-9.]+$/ {
    names[++total] = $1
    median[$1] = $4
}

function escape(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    return text
}

function kind(name) {
    return name ~ /^step/ ? "new" : name ~ /^(floor|none)/ ? "floor" : "box"
}

function head(height) {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 %d\" role=\"img\">\n", height
    print "  <title>The time of a container</title>"
    printf "  <desc>%s</desc>\n", escape(summary)
    print "  <style>"
    print "    text { font: 19px sans-serif; fill: #1f2328 }"
    print "    .s { fill: #59636e; font: 15px sans-serif }"
    print "    .page { fill: #f6f8fa }"
    print "    .box { fill: #ffffff; stroke: #818b98; stroke-width: 1.5 }"
    print "    .new { fill: #fff1c2; stroke: #bf8700; stroke-width: 1.5 }"
    print "    .floor { fill: #d1d9e0; stroke: #818b98 }"
    print "    @media (prefers-color-scheme: dark) {"
    print "      text { fill: #e6edf3 } .s { fill: #a5aeb8 } .page { fill: #0d1117 }"
    print "      .box { fill: #1c2128; stroke: #6e7681 } .new { fill: #4a3500; stroke: #d29922 }"
    print "      .floor { fill: #3d444d; stroke: #6e7681 }"
    print "    }"
    print "  </style>"
    printf "  <rect class=\"page\" width=\"720\" height=\"%d\" rx=\"8\"/>\n", height
}

function bar(name, y,    width) {
    width = 480 * median[name] / longest
    printf "  <text x=\"14\" y=\"%d\">%s</text>\n", y + 19, name
    printf "  <rect class=\"%s\" x=\"110\" y=\"%d\" width=\"%.1f\" height=\"22\" rx=\"3\"/>\n",
        kind(name), y + 2, width
    printf "  <text class=\"s\" x=\"%.1f\" y=\"%d\">%.1f ms</text>\n", 118 + width, y + 18,
        median[name]
}

END {
    for (i = 1; i <= total; i++) {
        if (median[names[i]] > longest)
            longest = median[names[i]]
        summary = summary sprintf("%s%s %.1f ms", i > 1 ? ", " : "Median: ", names[i],
            median[names[i]])
    }
    head(84 + 30 * total)
    print "  <text x=\"14\" y=\"28\">true in a container, from start to end (median)</text>"
    for (i = 1; i <= total; i++)
        bar(names[i], 12 + 30 * i)
    printf "  <text class=\"s\" x=\"14\" y=\"%d\">%s</text>\n", 68 + 30 * total, escape(machine)
    print "</svg>"
}
