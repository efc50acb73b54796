// What a line of -x means for the picture of a step. This is the one place that says so: follow.js reads
// it, and acts-check.js compares it with the lines that the programs print.
//
//   line    a pattern of the printed line; the name before the + of a child is always "in"
//   node    the part of the picture that it lights: all that has this data-node
//   fill    makes the new text of the parts with this data-fill, from the first group of the pattern, and
//           the old text
//   takes   the nodes that go out
//   why     why nothing is drawn
//   unless  the entry does not count after such a line of this run
// The first entry that fits counts. If the picture has no such node, the act is not new in this step: the
// picture of an earlier step has it. words.yaml has the words of an act, by the name of its node or by `says`.
// OWN is what sed writes for the user's cgroup in a box of chapter 6.
'use strict';

const reasons = {
    version1: 'in version 1 of cgroups, the folder of the memory stands for all three',
    aside: 'step04 makes room: the picture of delegation shows it',
    layers: 'the picture of an overlay has its layers',
    shell: 'it is for a shell that types these lines',
    settings: 'what is set here is read-only soon, and drawn then',
    covers: 'one of many: the settings of /proc stand for all that is covered there',
    devices: 'the first of the six devices stands for all',
    furniture: 'it belongs to /dev',
    place: 'it moves nothing: only what is mounted next needs it',
    names: 'the host name is drawn, and not the files that repeat it',
    session: 'a part of the process itself, of which the picture has the name only',
};

// The words beside a number are in the language of the picture.
const setNumber = (number, text) => text.replace(/\d+/, number);

const labActs = [
    // On the host, before there is a child.
    {line: /^\+ mkdir -m 700 (\S+)$/, node: 'scratch', fill: path => path},
    {line: /^\+ mkdir \S+\/merged$/, node: 'merged'},
    {line: /^\+ (mkdir \S+\/(upper|work|lower)|ln -s \S+ \S+\/lower|rm \S+\/lower)$/, why: reasons.layers},
    {line: /^\+ mount -t overlay /, node: 'overlay'},
    {line: /^\+ (mkdir|rmdir) \/sys\/fs\/cgroup\/(cpu|pids)[^/]*\//, why: reasons.version1},
    {line: /^\+ (mkdir|rmdir) \S+\.caller$/, why: reasons.aside},
    {line: /^\+ mkdir (?:OWN|\/sys\/fs\/cgroup)\/(?:.*\/)?([^/]+)$/, node: 'cgroup', fill: name => name},
    {line: /^\+ echo (\d+) > \S+\/memory\.(max|limit_in_bytes)$/, node: 'memory', fill: bytes => `${bytes / 1048576} MiB`},
    {line: /^\+ echo \d+ > \S+\/memory\.(swap\.max|memsw\.limit_in_bytes)$/, why: 'the limit of the memory stands for both'},
    {line: /^\+ echo '?(\d+).* > \S+\/(cpu\.max|cpu\.cfs_quota_us)$/, node: 'cpu', fill: us => `${us / 100000} CPU`},
    {line: /^\+ echo .+ > \S+\/(cpu\.weight|cpu\.shares|cpu\.cfs_period_us)$/, why: 'the quota stands for all settings of the CPU'},
    {line: /^\+ echo (\d+) > \S+\/pids\.max$/, node: 'pids', fill: setNumber},
    {line: /^\+ echo '[+-]memory .*' > \S+\/cgroup\.subtree_control$/, why: reasons.aside},
    {line: /^\+ echo \d+ > \S+\.caller\/cgroup\.procs$/, why: reasons.aside},
    {line: /^# start this program again/, why: 'the program is the same, and so is its process'},
    {line: /^\+ (chgrp|chown -h|chmod 710) /, why: 'the folder is drawn, and not whose it is'},
    {line: /^# a process carries bytes between this terminal /, node: 'relay'},
    {line: /^# a process carries bytes between std/, why: 'the picture is that of a terminal, and this is a pipe'},

    // A child, and what it is given from outside.
    {line: /^\+ sh$/, node: 'fork'},
    {line: /^\+ unshare --user .* --fork sh$/, node: 'clone'},
    {line: /^\+ echo deny > \S+\/setgroups$/, why: 'the kernel wants it before the map of the groups'},
    {line: /^\+ echo '0 (\d+) .*' > \/proc\/\d+\/uid_map$/, node: 'map', fill: setNumber},
    {line: /^\+ (?:\/\S+\/)?newuidmap \d+ 0 (\d+) /, node: 'map', fill: setNumber},
    {line: /^\+ echo '.+' > \/proc\/\d+\/gid_map$|^\+ (\/\S+\/)?newgidmap /, why: 'the map of the users stands for both'},
    {line: /^# mount --bind .*\/lower\b/, why: 'the image is the same, seen with other ids'},
    {line: /^\+ echo \d+ > \/sys\/fs\/cgroup\/(cpu|pids)[^/]*\//, why: reasons.version1},
    {line: /^\+ echo \d+ > \S+\/cgroup\.procs$/, unless: /^\+ rmdir /m, node: 'member'},
    {line: /^\+ echo \d+ > \S+\/cgroup\.procs$/, why: reasons.aside},
    {line: /^# hold the container's namespaces open/, why: 'it is for exec, which enters later'},
    {line: /^in\+ exec sh$/, unless: /^in\+ exec env /m, why: reasons.shell},

    // In the child.
    {line: /^in\+ setpriv --no-new-privs sh$/, why: 'it takes nothing yet: it keeps away what a later exec would give'},
    {line: /^# close every descriptor|^in\+ (umask|setsid|keyctl) /, why: reasons.session},
    {line: /^(in\+ exec env -i |# a new environment)|^in\+ export /, why: 'the picture has no variables'},
    {line: /^in\+ exec unshare --cgroup sh$/, node: 'cgroupns'},
    {line: /^in\+ mount --make-rprivate \/$/, node: 'private'},
    {line: /^in\+ ip link set lo up$/, node: 'lo'},
    {line: /^in\+ setpriv --reuid 0 --regid 0 /, why: 'it was root of its namespace before: now its id says so, too'},
    {line: /^in\+ cd |^\+ cd /, why: reasons.place},
    {line: /^in\+ mount -t tmpfs -o size=\d+,\S+ tmpfs \/(?!dev)/, node: 'storage'},
    {line: /^in\+ (mkdir (upper|work|merged|lower|-m 1777 \w+)|ln -s \S+ lower)$/, why: reasons.layers},
    {line: /^in\+ mount -t overlay /, node: 'overlay'},
    {line: /^in\+ exec chroot /, node: 'chroot'},
    {line: /^in\+ pivot_root \. \.$/, node: 'pivot'},
    {line: /^in\+ umount -l \.$/, node: 'unmount'},
    {line: /^in\+ hostname (\S+)$/, node: 'hostname', fill: name => name},
    {line: /^in\+ (echo \S.* >> \/etc\/host|mkdir \/etc$)|^# \/etc\/host/, why: reasons.names},
    {line: /^(in\+|#) mount -t proc .* proc \/proc\b/, node: 'proc'},
    {line: /^# mount -t sysfs /, node: 'sys'},
    {line: /^in\+ mount .* \/sys\//, why: 'a part of /sys is hidden, and /sys is drawn'},
    {line: /^in\+ mount -t tmpfs .* tmpfs \/dev$/, node: 'dev'},
    {line: /^# mount --bind HOST\/dev\/null \/dev\/null$/, node: 'devices'},
    {line: /^# mount --bind HOST\/dev\//, why: reasons.devices},
    {line: /^in\+ (touch|mkdir|mount -t devpts .*|ln -s \S+) \/dev\/|^# mount --bind shm \/dev\/shm/, why: reasons.furniture},
    {line: /^in\+ echo .+ > \/proc\/sys\//, why: reasons.settings},
    {line: /^in\+ mount --bind -o ro \/proc\/sys \/proc\/sys$/, node: 'settings'},
    {line: /^in\+ mount .* \/proc\//, why: reasons.covers},
    {line: /^# mount --bind|^# make a tmpfs for |^in\+ (mkdir|touch) \//, why: 'the picture has no volume'},
    {line: /^in\+ mount -o remount,bind,/, why: 'the mount is the same, and now without setuid programs and devices'},
    {line: /^# a new terminal of \/dev\/pts /, node: 'terminal'},
    {line: /^(in)?\+ (prlimit|chrt|renice|ionice) |^\+ echo \d+ > \/proc\/self\/oom|^# (leave the personality|be no IO_FLUSHER)/, why: reasons.session},
    {line: /^in\+ setpriv --bounding-set /, why: 'the rights go by the next act: this one lets none come back'},
    {line: /^in\+ capsh /, node: 'drop'},
    {line: /^in\+ setpriv --reuid /, why: 'the picture is that of root'},
    {line: /^# wipe the words of this program/, why: reasons.session},
    {line: /^# load the filters of system calls/, node: 'filter'},
    {line: /^# a parent starts the command/, node: 'start'},
    {line: /^in\+ exec /, node: 'exec'},

    // On the host again, when the command has ended.
    {line: /^\+ umount -l merged$/, takes: ['overlay'], says: 'umount'},
    {line: /^\+ rmdir (OWN|\/sys\/fs\/cgroup)\//, takes: ['cgroup', 'memory', 'cpu', 'pids'], says: 'rmdir'},
    {line: /^\+ rm -r /, takes: 'all', says: 'remove'},
    {line: /^# remove all but upper in /, takes: ['merged', 'relay'], says: 'keep'},
    {line: /^\+ chmod -R /, why: 'it only makes what follows possible'},

    // Another program.
    {line: /^\+ nsenter /, why: 'join enters a container that runs; the pictures show how one is made'},
];

// `before` is what the program printed in this run up to now.
function findAct(line, before) {
    return labActs.find(act => act.line.test(line) && !act.unless?.test(before));
}
