#!/usr/bin/env bash
# Subject   HWLOC_XMLFILE and HWLOC_SYNTHETIC, hwloc 2.9.0-1
# Guess     The manual: they enforce the discovery as if hwloc_topology_set_xml() or
#           hwloc_topology_set_synthetic() had been called. A file that is not there or a string with
#           a mistake is then an error, as it is for lstopo -i.
# Seen      The machine that the program runs on is described instead, exit code 0: for a missing
#           file without a word, for a bad string after one line on stderr.
# Meaning   An XML made with either variable may be of the wrong machine and nothing in it says so
#           except its infos (Backend is Linux, not Synthetic). Name the input with -i.
. "$(dirname "$0")/common.bash"

topology() { lstopo-no-graphics --of console "$@" 2>"$work/stderr"; }

# which_machine COMMAND...: is what the command describes this machine?
which_machine() {
  local code=0 text
  text=$("$@") || code=$?
  if [ "$text" = "$here" ]; then text='this machine'; elif [ -n "$text" ]; then text='another'; fi
  printf '%s, exit %s, %s lines on stderr' "${text:-none}" "$code" "$(wc -l <"$work/stderr")"
}

with() { env "$1" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" lstopo-no-graphics --of console 2>"$work/stderr"; }

debian hwloc-nox=2.9.0-1 libhwloc15=2.9.0-1
here=$(lstopo-no-graphics --of console 2>/dev/null)
guess 'no topology and an exit code other than 0, as with -i'
seen 'lstopo -i missing.xml' 'none, exit 1, 2 lines on stderr' \
  "$(which_machine topology -i "$work/missing.xml")"
seen 'HWLOC_XMLFILE=missing.xml lstopo' 'this machine, exit 0, 0 lines on stderr' \
  "$(which_machine with HWLOC_XMLFILE="$work/missing.xml")"
seen 'lstopo -i "node:2 core:x pu:2"' 'none, exit 1, 2 lines on stderr' \
  "$(which_machine topology -i 'node:2 core:x pu:2')"
seen 'HWLOC_SYNTHETIC="node:2 core:x pu:2" lstopo' 'this machine, exit 0, 1 lines on stderr' \
  "$(which_machine with HWLOC_SYNTHETIC='node:2 core:x pu:2')"
seen 'HWLOC_SYNTHETIC="node:2 core:2" lstopo' 'this machine, exit 0, 1 lines on stderr' \
  "$(which_machine with HWLOC_SYNTHETIC='node:2 core:2')"
seen 'HWLOC_SYNTHETIC="node:2 core:3 pu:5" lstopo' 'another, exit 0, 0 lines on stderr' \
  "$(which_machine with HWLOC_SYNTHETIC='node:2 core:3 pu:5')"
verdict
