# The date of each file in a disk and in the kit: the beginning of 2026 (vm-image.sh, kit.sh and
# kit-machine.sh read this). So the same source gives the same bytes on any day. All files are of one
# date, and make finds nothing to do.
# shellcheck shell=sh disable=SC2034
date=1767225600
