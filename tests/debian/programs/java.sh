#!/bin/sh
# Java does not see the limits, since no cgroup is shown inside. So it is told them, as the tutorial
# says.
set -eu
java -XshowSettings:system -version 2>&1 | grep 'No metrics'
java -Xmx128m -XX:ActiveProcessorCount=1 -XX:+PrintFlagsFinal -version 2>/dev/null |
    awk '$2 == "MaxHeapSize" { print $4 }'
cd /tmp
export JAVA_TOOL_OPTIONS=-Xmx128m
keytool -genkeypair -alias visitor -keyalg RSA -dname CN=visitor -storepass secret \
    -keystore keys 2>/dev/null
keytool -list -storepass secret -keystore keys 2>/dev/null | grep -o '^visitor'
