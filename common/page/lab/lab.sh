#!/bin/sh
# Make the lab, one file for a browser: lab.sh MARKDOWN FILE. It is the page of the tutorial, beside a
# machine that runs in the page: an emulator (v86), the saved state of a machine that has booted, a
# terminal (xterm.js). The state is made in the folder page/lab beside FILE.
set -eu
folder=$(realpath "$(dirname "$0")")
here=$folder/..
# shellcheck source=../npm.sh
. "$here/npm.sh"
build=$(dirname "$2")
npm_install "$build"
modules=$tools/node_modules
machine=$build/page/lab
sh "$folder/machine.sh" "$modules/v86/build" "$machine"
sh "$here/html.sh" "$1" "$2.text" >/dev/null
trap 'rm -f "$2.text" "$2.new"' EXIT
trap 'exit 1' HUP INT TERM

# A script must not end inside of itself.
script() { # FILE...
    for file; do
        echo '<script>'
        sed -e '/^\/\/# sourceMappingURL/d' -e 's,</script,<\\/script,g' "$file"
        echo '</script>'
    done
}

style() { # FILE...
    echo '<style>'
    cat "$@"
    echo '</style>'
}

# No part of the page is loaded from elsewhere. So what is large is text, which the script decodes.
data() { # NAME FILE
    base64 -w 0 "$2" >"$machine/base64"
    printf '<script type="text/plain" id="lab-data-%s" data-size="%s">' "$1" "$(wc -c <"$machine/base64")"
    cat "$machine/base64"
    echo '</script>'
    rm "$machine/base64"
}

# What the lab cannot run, as a list for the script.
print_boxes() {
    echo '<script>'
    echo 'const LAB_BOXES = ['
    sed -e '/^#/d; /^$/d; s/[\\"]/\\&/g' -e 's/^\(.*\)	\(.*\)	\(.*\)$/{"kind": "\1", "command": "\2", "why": "why\3"},/' \
        "$folder/boxes.txt"
    echo '];'
    echo '</script>'
}

# All that is in the page and not ours. The page hands it on, so it says where it comes from.
list_outside() {
    for package in v86 @xterm/xterm @xterm/addon-fit; do
        node -p 'const p = require(process.argv[1]); ["npm:", p.name, p.version + ":", p.license].join(" ")' \
            "$(realpath "$modules/$package/package.json")"
    done
    dpkg-query -W -f 'Debian: ${Package} ${Version}: LGPL-3, and as its source says\n' seabios
    echo "Debian: the kernel Linux $(cat "$machine/kernel.version"): GPL-2"
    echo "Debian: $(cat "$machine/busybox.version"): GPL-2"
    sed 's/^/Debian: /' "$build/i386/downloads/lab.list"
}

# The words of the panel are those of the page's language, as in html.sh.
print_panel() {
    list_outside | sed -e 's/&/\&amp;/g; s/</\&lt;/g' -e 's,.*,<li>&</li>,' >"$machine/outside"
    language=$(basename "$1" .md | sed 's,^[^.]*,,')
    pandoc --from gfm --to html5 --wrap=none --template "$folder/panel.html" --metadata-file "$here/words$language.yaml" \
        --metadata title=- --variable "outside=$(cat "$machine/outside")" /dev/null
}

print_page() {
    sed '/<\/body>/,$d' "$2.text"
    style "$modules/@xterm/xterm/css/xterm.css" "$folder/lab.css"
    print_panel "$1"
    script "$folder/start.js"
    printf '<script type="text/plain" id="lab-welcome">%s</script>\n' "$(cat "$machine/welcome")"
    gzip -9 -n -c "$modules/v86/build/v86.wasm" >"$machine/wasm.gz"
    data wasm "$machine/wasm.gz"
    data state "$machine/state.zst"
    print_boxes
    script "$modules/v86/build/libv86.js" "$modules/@xterm/xterm/lib/xterm.js" \
        "$modules/@xterm/addon-fit/lib/addon-fit.js" "$folder/options.js" "$folder/machine.js" \
        "$folder/terminal.js" "$folder/typing.js" "$folder/boxes.js" "$folder/main.js"
    echo '</body>'
    echo '</html>'
}

print_page "$@" >"$2.new"
mv "$2.new" "$2"
echo "lab: $2 is ready, with $(wc -c <"$2") bytes"
