#!/bin/sh
# Root becomes other users by su and sudo. Nobody becomes root again: no_new_privs (row 31).
set -eu
cd /
su visitor -c 'id -un; cat /etc/shadow 2>/dev/null || echo closed'
su - visitor -c 'pwd'
sudo -u visitor id -un
sudo -u postgres sh -c 'id -un; test -w /tmp && echo writes'
sudo cat /etc/shadow | grep -c '^root:'
su visitor -c 'sudo -n id -un 2>&1' | grep -o 'The "no new privileges" flag is set'
su visitor -c 'su -c id 2>&1 </dev/null' | grep -o 'su: Authentication failure'
