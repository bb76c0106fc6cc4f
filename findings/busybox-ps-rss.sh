#!/usr/bin/env bash
# Subject   ps -o rss and vsz of busybox 1:1.35.0-4+deb12u1+b1, against procps
# Guess     Kilobytes as a decimal integer: so says POSIX of vsz, so print procps and toybox for both,
#           under the same heads RSS and VSZ.
# Seen      Up to 9,999 kilobytes a number; above it is cut to at most four characters with a letter:
#           47m, 339m, 1.2g. Large and small stand in one column, and no option asks for numbers.
# Meaning   On Alpine and in rescue systems a reader of ps takes 340m for 340 kB, sort -n puts the
#           largest processes first, and from 1 GiB on a step is 100 MiB, more than most counters'
#           error. Read /proc/PID/status there.
. "$(dirname "$0")/common.bash"

pids=()
clean_up() { kill "${pids[@]}" 2>/dev/null; }

column() { busybox ps -o "pid,$2" | awk -v pid="$1" '$1 == pid { print $2 }'; }

debian busybox=1:1.35.0-4+deb12u1+b1
sleep 60 &
small=$!
node -e 'const held = Buffer.alloc(300 << 20, 1); setTimeout(() => held.length, 60000);' &
large=$!
pids=("$small" "$large")
until [ "$(ps -o rss= -p "$large")" -gt 320000 ]; do sleep 0.2; done
sleep 1
guess 'a decimal integer of kilobytes, as from procps'
seen_like 'procps ps -o rss, small and large' '^ *[0-9]{3,4} +[0-9]{6}$' \
  "$(ps -o rss= -p "$small") $(ps -o rss= -p "$large")"
seen_like 'busybox ps -o rss, small' '^[0-9]{3,4}$' "$(column "$small" rss)"
seen_like 'busybox ps -o rss, large' '^3[0-9][0-9]m$' "$(column "$large" rss)"
seen_like 'busybox ps -o vsz, large' '^[0-9.]+[mg]$' "$(column "$large" vsz)"
first=$(printf '%s small\n%s large\n' "$(column "$small" rss)" "$(column "$large" rss)" | sort -n | head -1)
seen 'the smaller one for sort -n' large "${first#* }"
verdict
