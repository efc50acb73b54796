# shellcheck shell=sh
# Installs the npm packages of package.json. CONTRIBUTING.md says what each is for.
# npm_install FOLDER puts them into FOLDER/page, once, and sets $tools to it. (Other scripts read this.)
npm_install() {
    mkdir -p "$1/page"
    tools=$(realpath "$1/page")
    # shellcheck disable=SC2154 # who reads this sets here
    cmp -s "$here/package-lock.json" "$tools/installed" && return
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$tools"
    (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund >"$tools/log" 2>&1) ||
        { cat "$tools/log" >&2 && exit 1; }
    cp "$here/package-lock.json" "$tools/installed"
}
