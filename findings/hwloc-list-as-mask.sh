#!/usr/bin/env bash
# Subject   lists of CPUs as input of hwloc-calc (and hwloc-bind), hwloc 2.9.0-1
# Guess     hwloc(7): a set is hexadecimal and prefixed with 0x. So 0,2 without the prefix is either
#           the two CPUs that taskset -c and numactl -C take it for, or an error. And what
#           hwloc-calc -I pu -p prints can be given back to it.
# Seen      Commas alone make it a bitmask: the words are read as hexadecimal, the most significant
#           first. 0,2 is CPU 1; 0,2,4,6, the tool's own answer for a package of eight CPUs, is
#           CPUs 1, 2, 34 and 65. No message, exit code 0. 0-2 is passed over with a message, and
#           the answer is the empty set, exit code 0 all the same.
# Meaning   A list from sysfs, lscpu or hwloc-calc -I cannot go into hwloc-calc or hwloc-bind: write
#           pu:0 pu:2 with --pi, and do not take exit code 0 for an understood list.
. "$(dirname "$0")/common.bash"

eight='pack:2 [numa] core:4 pu:1(indexes=0,2,4,6,1,3,5,7)'

calc() { hwloc-calc -i "$eight" "$@" 2>"$work/stderr"; }

answer() {
  local code=0 text
  text=$(calc "$@") || code=$?
  printf '%s, exit %s, %s' "$text" "$code" "$(cat "$work/stderr")"
}

debian hwloc-nox=2.9.0-1 libhwloc15=2.9.0-1
guess '0,2 is 0x00000005 or an error'
seen 'CPUs of package 0 (hwloc-calc -p -I pu package:0)' '0,2,4,6' "$(calc -p -I pu package:0)"
seen 'the same as a mask' '0x00000055' "$(calc package:0)"
seen 'that list given back (hwloc-calc 0,2,4,6)' '0x00000002,0x00000004,0x00000006, exit 0, ' \
  "$(answer 0,2,4,6)"
seen 'hwloc-calc 0,2' '0x00000002, exit 0, ' "$(answer 0,2)"
seen 'hwloc-calc 0-2' '0x0, exit 0, ignored unrecognized argument 0-2' "$(answer 0-2)"
seen 'hwloc-calc --pi pu:0 pu:2' '0x00000005, exit 0, ' "$(answer --pi pu:0 pu:2)"
verdict
