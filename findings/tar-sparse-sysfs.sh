#!/usr/bin/env bash
# Subject   GNU tar 1.34+dfsg-1.2+deb12u1, --sparse (-S) on files of /sys
# Guess     The manual: -S makes tar test each file for sparseness and store holes efficiently; what
#           comes out is the same as without it. A file that cannot be archived whole is an error,
#           as it is without -S ("File shrank by N bytes; padding with zeros", exit code 1).
# Seen      A sysfs file says 4096 bytes in 0 blocks, which -S takes for one hole and does not read at
#           all. It comes out as 4096 zero bytes, with exit code 0 and no message. Without -S the
#           text is there, followed by zeros up to 4096, and tar complains.
# Meaning   A machine's topology saved with tar -S (a habit of backup scripts) is lost for good, and
#           nothing tells until lscpu -s or hwloc reads it. A reader of such trees should call a file
#           of zeros only by its name; copy with cp -a, which keeps the text alone.
. "$(dirname "$0")/common.bash"

online=sys/devices/system/cpu/online

# archived OPTION...: what comes out of an archive of the one file, and how tar answered.
archived() {
  local code=0
  rm -rf "$work/out"
  mkdir "$work/out"
  tar "$@" -cf "$work/one.tar" -C / "$online" 2>"$work/stderr" || code=$?
  tar -xf "$work/one.tar" -C "$work/out"
  describe "$work/out/$online"
  printf ', exit %s, %s lines on stderr' "$code" "$(wc -l <"$work/stderr")"
}

describe() {
  local text
  text=$(tr -d '\0' <"$1")
  [ "$text" = "$(cat "/$online")" ] && printf 'the text' || printf '%s' "${text:-only zeros}"
  printf ' in %s bytes' "$(stat -c %s "$1")"
}

debian tar=1.34+dfsg-1.2+deb12u1
guess 'the text with and without -S, or an error'
seen 'size and blocks of the file' '4096 0' "$(stat -c '%s %b' "/$online")"
seen 'tar -c' 'the text in 4096 bytes, exit 1, 1 lines on stderr' "$(archived)"
seen 'tar -c -S' 'only zeros in 4096 bytes, exit 0, 0 lines on stderr' "$(archived -S)"
cp -a "/$online" "$work/copy"
seen 'cp -a' "the text in $(wc -c <"/$online") bytes" "$(describe "$work/copy")"
verdict
