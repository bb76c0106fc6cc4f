#!/usr/bin/env bash
# Subject   a capture of smemcap 1.5-2 read by smem 1.5-2 (Python 3.11)
# Guess     smem(8) gives the two steps: smemcap > memorycapture.tar on the machine, smem -S
#           memorycapture.tar on another. Both are of one source package and version.
# Seen      smem ends with a TypeError and exit code 1 for every capture, whatever is asked for: Python 3 has
#           bytes for what it reads from a tar, smem compares them with text. The same files
#           unpacked below DIR/proc are read by smem -S DIR.
# Meaning   A capture of a machine that is gone by now is not lost: unpack it, for the table of the whole
#           system (-w) too.
. "$(dirname "$0")/common.bash"

answer() {
  local code=0
  python3 "$root/usr/bin/smem" "$@" >"$work/stdout" 2>"$work/stderr" || code=$?
  printf '%s rows, exit %s, %s' "$(wc -l <"$work/stdout")" "$code" "$(tail -1 "$work/stderr" | cut -d: -f1)"
}

debian smem=1.5-2 smemcap=1.5-2
sleep 60 &
process=$!
clean_up() { kill "$process" 2>/dev/null; }
smemcap >"$work/memorycapture.tar" 2>/dev/null
mkdir -p "$work/unpacked/proc"
tar -xf "$work/memorycapture.tar" -C "$work/unpacked/proc"
guess 'rows, and exit code 0'
seen_like 'files of a running process in the capture' '^[1-9][0-9]*$' \
  "$(tar -tf "$work/memorycapture.tar" | grep -c "^$process/" || true)"
seen 'smem -S memorycapture.tar' '0 rows, exit 1, TypeError' "$(answer -S "$work/memorycapture.tar" -H -P '^sleep')"
seen 'smem -S memorycapture.tar -w' '0 rows, exit 1, TypeError' "$(answer -S "$work/memorycapture.tar" -H -w)"
seen_like 'smem -S of the files unpacked' '^[1-9][0-9]* rows, exit 0, $' "$(answer -S "$work/unpacked" -H -P '^sleep')"
verdict
