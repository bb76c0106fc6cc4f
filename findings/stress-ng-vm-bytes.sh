#!/usr/bin/env bash
# Subject   --vm N --vm-bytes SIZE of stress-ng 0.15.06-2
# Guess     The manual page at the option: mmap N bytes per vm worker. Four workers of 64m are 256 MiB.
# Seen      SIZE is divided by the number of workers: each of four holds 16 MiB, 64 MiB in all. (An
#           example further down the same page says so of a percentage.)
# Meaning   A process made to a known size, to see what a counter of RSS says of it, is N times
#           smaller than ordered, and more workers make smaller ones. Ask for N times the size, or for
#           one worker a stress-ng.
. "$(dirname "$0")/common.bash"

clean_up() { [ -z "${session:-}" ] || kill -KILL -- "-$session" 2>/dev/null; }

# The resident MiB of the N largest processes of a run with N workers of 64m, once they hold still.
workers() {
  local last='' now=''
  setsid stress-ng --vm "$1" --vm-bytes 64m --vm-keep --vm-hang 0 -t 20 >"$work/stress-ng" 2>&1 &
  session=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.7
    now=$(sizes "$1")
    [ -n "$now" ] && [ "$now" = "$last" ] && break
    last=$now
  done
  kill -KILL -- "-$session"
  wait "$session" 2>/dev/null || true
  session=
  echo "$now" >"$work/sizes"
}

# Less 2 to 3 MiB for the program itself.
sizes() {
  ps -s "$session" -o comm=,rss= --sort -rss | awk -v workers="$1" '
    $1 == "stress-ng-vm" && n < workers { print int($2 / 1024); n++ }' | paste -sd' '
}

debian stress-ng=0.15.06-2
guess 'four workers of 64 MiB each'
seen 'the manual page' 'mmap N bytes per vm worker' \
  "$(zcat "$root/usr/share/man/man1/stress-ng.1.gz" | grep -A1 -F '\-\-vm\-bytes N' | tail -1 | cut -d, -f1)"
workers 1
seen_like 'MiB of the worker with --vm 1 --vm-bytes 64m' '^6[4-8]$' "$(cat "$work/sizes")"
workers 4
seen_like 'MiB of the workers with --vm 4 --vm-bytes 64m' '^(1[6-9] ){3}1[6-9]$' "$(cat "$work/sizes")"
verdict
