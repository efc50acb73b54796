# The disk of the kit's virtual machine (vm-image.sh reads this): that of the tutorial's, without a
# compiler. What the boxes of the tutorial compile is there already, but for what they type.
# shellcheck shell=sh disable=SC2034,SC2154 # vm-disk-lesson.sh uses this, and vm-image.sh sets lab

. "$lab/vm-disk-lesson.sh"
second_shell='./vm second'
