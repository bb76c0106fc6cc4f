#!/usr/bin/env bash
# Subject   %M of TIMEFMT and REPORTMEMORY in zsh 5.9-4+b15, against GNU time 1.9-0.2
# Guess     zshparam(1): %M is the maximum memory in kilobytes, and REPORTMEMORY reports commands whose
#           maximum resident set is above that many kilobytes. So %M is as GNU time's %M.
# Seen      Both are of 1,024 kilobytes: the kernel's value, in kilobytes on Linux, is divided by 1,024 as if it
#           were bytes. A command of 200 MiB has %M 208; REPORTMEMORY=100000, 100 MB, passes over
#           it, REPORTMEMORY=100 reports it.
# Meaning   A threshold set by the manual is 1,024 times too high and is never reached, without a word.
#           Write MiB, or ask GNU time.
. "$(dirname "$0")/common.bash"

command="python3 -c 'held = bytearray(200 << 20)'"

# The memory that zsh reports of the command with this REPORTMEMORY, in units of %M.
reported() { zsh -fc "TIMEFMT='%M'; REPORTMEMORY=$1; $command; :" 2>&1; }

debian zsh=5.9-4+b15 zsh-common=5.9-4 time=1.9-0.2
guess 'some 210000 from both, and a report above 100000 kilobytes'
seen_like 'GNU time %M' '^2[0-9]{5}$' "$(eval "env time -f %M $command" 2>&1)"
seen_like 'zsh, TIMEFMT=%M' '^2[0-9]{2}$' "$(zsh -fc "TIMEFMT='%M'; time $command" 2>&1)"
seen 'REPORTMEMORY=100000' '' "$(reported 100000)"
seen_like 'REPORTMEMORY=100' '^2[0-9]{2}$' "$(reported 100)"
seen 'REPORTMEMORY=1000' '' "$(reported 1000)"
seen 'zshparam(1) on %M' 'The  maximum memory the process had in use at any time in kilobytes' \
  "$(zcat "$root/usr/share/man/man1/zshparam.1.gz" | grep -A2 -F 'fB%M' | tail -2 | paste -sd' ' | sed 's/\\&\.$//')"
verdict
