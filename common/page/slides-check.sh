#!/bin/sh
# Look at slides with a browser, in windows of two sizes: slides-check.sh MARKDOWN HTML [FOLDER].
# slides-check.js does the looking, and puts a picture of each slide into FOLDER. The exit status is 1
# for a mistake, and 77 without a browser.
set -eu
here=$(realpath "$(dirname "$0")")
. "$here/browser.sh"
. "$here/npm.sh"
npm_install "$(dirname "$2")"
NODE_PATH=$tools/node_modules timeout 100 node "$here/slides-check.js" "$browser" "$@"
