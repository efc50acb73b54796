#!/bin/sh
# A package from an archive in the image. apt-get becomes the user _apt, and gives a file to a
# group. Where there is only one id, it is told not to.
set -eu
[ "$WHO" != user ] ||
    echo 'APT::Sandbox::User "root"; Dir::Log::Terminal "";' >/etc/apt/apt.conf.d/one-id
export DEBIAN_FRONTEND=noninteractive
[ -e /usr/bin/hello ] || echo 'not installed'
apt-get update >/dev/null
apt-get install -y hello >/dev/null
hello
dpkg-query -W -f '${Package} ${db:Status-Status}\n' hello
apt-get purge -y hello >/dev/null
[ -e /usr/bin/hello ] || echo 'not installed'
dpkg --audit
