#!/usr/bin/env bash
# Subject   Maximum resident set size of busybox time -v, 1:1.35.0-4+deb12u1+b1, against GNU time 1.9-0.2
# Guess     Kilobytes, as the line itself says and as getrusage(2) gives them: the same as from GNU
#           time, whose lines busybox prints word for word.
# Seen      Four times as much: the kernel's kilobytes are taken for pages and turned into kilobytes once
#           more. A process of 200 MiB has 800 MiB; -f %M likewise.
# Meaning   A peak measured in a container or on a board with busybox alone is 4 times that of a server
#           (as many times as a page has KiB). Divide by the page size in KiB, or read VmHWM.
. "$(dirname "$0")/common.bash"

# In quarters of the 200 MiB and what the program takes itself.
times() { awk -v kb="$1" 'BEGIN { print int(kb / 204800 + 0.1) " x 200 MiB" }'; }

# A small program that starts Python on 200 MiB: time's own size is no part of it.
large=(python3 -c 'held = bytearray(200 << 20)')

verbose() { "$@" time -v "${large[@]}" 2>&1 | sed -n 's/^\tMaximum resident set size (kbytes): //p'; }

debian busybox=1:1.35.0-4+deb12u1+b1 time=1.9-0.2
gnu=$(verbose env)
busybox=$(verbose busybox)
printf '          GNU time %s, busybox time %s\n' "$gnu" "$busybox"
guess 'the same line from both'
seen 'GNU time -v' '1 x 200 MiB' "$(times "$gnu")"
seen_like 'busybox time -v' '^4 x 200 MiB$' "$(times "$busybox")"
seen_like 'busybox time -f %M' '^4 x 200 MiB$' "$(times "$(busybox time -f %M "${large[@]}" 2>&1)")"
verdict
