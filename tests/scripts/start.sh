#!/bin/sh
# The first minute: `make run` and `make deps` say in one line what is missing. Stand-ins take the
# place of apt-get, sudo, systemd-run and the step's program.
# shellcheck disable=SC2016,SC2317,SC1003 # quotes in quotes; stand-ins are scripts; run calls the tests by their names
set -eu
here=$(realpath "$(dirname "$0")")
project=$(realpath "$here/../..")
lab=$project/common/lab
. "$here/harness.sh"
[ "$(id -u)" -ne 0 ] || setpriv --reuid 0 true 2>/dev/null ||
    { echo 'needs the setpriv of util-linux' && exit 77; }
chmod 755 "$work"

# Run it as an ordinary user, who has no programs but busybox's and the stand-ins.
as_user() { # COMMAND...
    if [ "$(id -u)" = 0 ]; then
        set -- "$(command -v setpriv)" --reuid 65534 --regid 65534 --clear-groups "$@"
        chown -R 65534:65534 .
    fi
    PATH=$PWD/bin:$work/tools "$@" >log 2>&1
}

stand_in() { # NAME LINE...
    mkdir -p bin
    stand_in=bin/$1
    shift
    printf '%s\n' '#!/bin/sh' "$@" >"$stand_in"
    chmod +x "$stand_in"
}

fails() { # COMMAND...
    ! "$@" || { echo "did not fail: $*" && cat log && return 1; }
}

says() { # LINE...: and nothing else was printed
    printf '%s\n' "$@" | diff - log
}

copy_lab() {
    cp -r "$lab" lab
}

an_absent_sudo_is_one_line() {
    copy_lab
    stand_in apt-get 'exit 1'
    fails as_user sh lab/deps.sh test
    says 'deps: there is no sudo here: as root (su -), install these by apt-get: libcmocka-dev libcap-dev expect curl wget'
}

an_absent_network_is_one_line() {
    copy_lab
    stand_in sudo 'exec "$@"'
    stand_in apt-get 'echo "W: Failed to fetch this" >&2; echo "W: and that" >&2' \
        '[ "$1" = update ] || { echo "E: Unable to locate package expect" >&2 && exit 100; }'
    fails as_user sh lab/deps.sh test
    says 'deps: installing by sudo apt-get: libcmocka-dev libcap-dev expect curl wget' \
        'deps: that failed; is the network up? E: Unable to locate package expect'
}

programs_that_are_there_need_no_package() {
    copy_lab
    stand_in apt-get 'exit 1'
    stand_in pandoc
    as_user sh lab/deps.sh docs
    [ ! -s log ]
    rm bin/pandoc
    fails as_user sh lab/deps.sh docs
    grep -q 'install these by apt-get: pandoc' log
}

# busybox's shell takes its own uname, and none of ours.
a_mac_is_told_what_it_needs() {
    command -v apt-get >/dev/null || skip 'needs a machine with packages'
    copy_lab
    stand_in uname 'case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac'
    fails as_user sh lab/deps.sh build
    says 'deps: this is Darwin, and containers need Linux: take a virtual machine with Debian or Ubuntu'
}

ubuntus_browser_is_a_snap() {
    command -v apt-get >/dev/null || skip 'needs a machine with packages'
    copy_lab
    stand_in apt-get 'exit 1'
    echo ID=ubuntu >release
    OS_RELEASE=$PWD/release fails as_user sh lab/deps.sh browser
    says 'deps: Ubuntu has no package of a browser: sudo snap install chromium'
    stand_in chromium # as the snap's
    OS_RELEASE=$PWD/release fails as_user sh lab/deps.sh browser
    grep -q 'install these by apt-get: nodejs npm' log
    rm bin/chromium
    echo ID=debian >release
    OS_RELEASE=$PWD/release fails as_user sh lab/deps.sh browser
    grep -q 'install these by apt-get: chromium nodejs npm' log
}

# Make a program that prints its caller and its words. It makes a container only for callers in
# ALLOWED.
step() { # NAME ALLOWED
    stand_in "$1" 'by=${BY:-user}' \
        "case ' $2 ' in *\" \$by \"*) ;; *) echo 'step: EPERM' >&2; exit 125 ;; esac" \
        '[ "${2-}" = /bin/true ] || { echo "$by: $*" && exit "${STATUS:-0}"; }'
    stand_in sudo 'BY=sudo exec "$@"'
}

a_user_runs_what_it_may() {
    copy_lab
    step step03 user
    as_user sh lab/run.sh bin/step03 image ls /
    says 'user: image ls /'
}

what_a_user_may_not_is_said_and_done_by_sudo() {
    copy_lab
    step step03 sudo
    as_user sh lab/run.sh bin/step03 image
    says 'step: EPERM' 'run: so it runs as root: sudo bin/step03 image' 'sudo: image'
}

steps_1_and_2_are_roots() {
    copy_lab
    for name in step01 step02; do
        step "$name" sudo
        as_user sh lab/run.sh "bin/$name" image
        says "run: $name needs root, so it runs as root: sudo bin/$name image" 'sudo: image'
    done
}

step_4_gets_a_cgroup_from_systemd_before_it_gets_root() {
    copy_lab
    step step04 'sudo systemd'
    stand_in systemd-run 'shift 5; BY=systemd exec "$@"'
    as_user sh lab/run.sh bin/step04 image
    says 'step: EPERM' \
        'run: so it runs in a cgroup of your own: systemd-run --user --scope --quiet -p Delegate=yes bin/step04 image' \
        'systemd: image'
    step step04 sudo
    as_user sh lab/run.sh bin/step04 image
    tail -n 1 log | grep -qx 'sudo: image'
}

without_a_session_step_4_is_roots() {
    copy_lab
    step step04 'sudo systemd'
    stand_in systemd-run 'echo "Failed to connect to bus" >&2; exit 1'
    as_user sh lab/run.sh bin/step04 image
    says 'step: EPERM' 'run: so it runs as root: sudo bin/step04 image' 'sudo: image'
}

without_sudo_it_says_what_to_do() {
    copy_lab
    step step01 sudo
    rm bin/sudo
    fails as_user sh lab/run.sh bin/step01 image
    tail -n 1 log | grep -qx 'run: there is no sudo here: become root (su -), and make run there'
    stand_in sudo 'echo "nobody is not in the sudoers file." >&2; exit 1'
    fails as_user sh lab/run.sh bin/step01 image
    tail -n 1 log | grep -q '^run: sudo does not let you: become root'
}

# A shell's status is that of its last command, and that is no failure. A command's status counts.
the_status_is_the_commands() {
    copy_lab
    step step03 user
    STATUS=3 as_user sh lab/run.sh bin/step03 image
    status=0
    STATUS=3 as_user sh lab/run.sh bin/step03 image sh -c 'exit 3' || status=$?
    [ "$status" = 3 ]
    STATUS=125 fails as_user sh lab/run.sh bin/step03 image
}

a_build_of_roots_is_one_line() {
    [ "$(id -u)" = 0 ] || skip 'needs root, to be another user: sudo make test'
    command -v make >/dev/null || skip 'needs make'
    mkdir common
    cp "$project/Makefile" .
    cp "$project/common/flags.mk" common
    mkdir -p build step01-chroot
    touch step01-chroot/Makefile
    chown -R 65534 .
    chmod 755 .
    for target in rootfs clean; do # build/ has nothing yet
        setpriv --reuid 65534 --clear-groups make --dry-run "$target" >log 2>&1
        fails grep -i error log
    done
    touch build/image # a root shell has made it: make ignores it
    setpriv --reuid 65534 --clear-groups make --dry-run rootfs >log 2>&1
    fails setpriv --reuid 65534 --clear-groups make --dry-run clean >log 2>&1
    touch build/step01
    for target in run steps test; do
        fails setpriv --reuid 65534 --clear-groups make "$target" >log 2>&1
        [ "$(wc -l <log)" = 1 ]
        grep -q "build/ is root's: sudo chown -R \"\$(id -un)\" build" log
    done
    setpriv --reuid 65534 --clear-groups make help >log 2>&1
}

a_dollar_in_a_command_reaches_the_shell() {
    command -v make >/dev/null || skip 'needs make'
    make --dry-run -C "$project" run CMD='echo $HOME "it'\''s"' >log 2>&1
    grep -qF '/bin/sh -c '\''echo $HOME "it'\''\'\'''\''s"'\''' log
    make --dry-run -C "$project" vm CMD='echo $HOME' >log 2>&1
    grep -qF 'CMD='\''echo $HOME'\'' sh common/lab/vm.sh' log
}

a_command_is_one_line() {
    command -v make >/dev/null || skip 'needs make'
    fails make --dry-run -C "$project" run CMD="$(printf 'echo a\necho b')" >log 2>&1
    grep -q 'CMD must be one line: put ; between its commands' log
}

apparmor_that_does_not_restrict_needs_no_profile() {
    [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" != 1 ] ||
        skip 'AppArmor restricts user namespaces here'
    copy_lab
    mkdir build
    sh lab/apparmor.sh build 2>log
    says 'apparmor: nothing to do: AppArmor does not restrict user namespaces here'
    fails sh lab/apparmor.sh build remove 2>log
    mkdir 'a b'
    sh lab/apparmor.sh 'a b' 2>log
}

mkdir "$work/tools"
for program in sh env id cat grep tail mktemp rm echo printf uname dirname xargs true; do
    ln -s "$(which "$program")" "$work/tools/$program"
done
run an_absent_sudo_is_one_line
run an_absent_network_is_one_line
run programs_that_are_there_need_no_package
run a_mac_is_told_what_it_needs
run ubuntus_browser_is_a_snap
run a_user_runs_what_it_may
run what_a_user_may_not_is_said_and_done_by_sudo
run steps_1_and_2_are_roots
run step_4_gets_a_cgroup_from_systemd_before_it_gets_root
run without_a_session_step_4_is_roots
run without_sudo_it_says_what_to_do
run the_status_is_the_commands
run a_build_of_roots_is_one_line
run a_dollar_in_a_command_reaches_the_shell
run a_command_is_one_line
run apparmor_that_does_not_restrict_needs_no_profile
exit "$failed"
