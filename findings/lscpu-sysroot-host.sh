#!/usr/bin/env bash
# Subject   lscpu --sysroot of util-linux 2.38.1-5+deb12u3, a copy of another machine's /proc and /sys
# Guess     The manual: it gathers CPU data for a Linux instance other than the one that lscpu runs on.
#           What a copy does not tell is left out, as NUMA nodes are without their folder.
# Seen      Architecture and Byte Order are those of the machine at hand, in front of the other's CPUs:
#           x86_64 stands above "Vendor ID: ARM, Model name: Neoverse-N1". No message; JSON has them in the
#           same place. lstopo -i of the same copy has no Architecture.
# Meaning   A script that takes the size of a page or a word from Architecture goes by the
#           wrong machine for every copy but those of its own kind. Take Vendor ID and the flags.
. "$(dirname "$0")/common.bash"

# Four Neoverse-N1 in one package, as the kernel shows them.
machine() {
  local cpu=$1/sys/devices/system/cpu number topology
  mkdir -p "$1/proc" "$cpu"
  for number in 0 1 2 3; do
    topology=$cpu/cpu$number/topology
    mkdir -p "$topology"
    echo 1 >"$cpu/cpu$number/online"
    echo 0 >"$topology/physical_package_id"
    echo "$number" >"$topology/core_id"
    printf '%x\n' $((1 << number)) >"$topology/thread_siblings"
    echo f >"$topology/core_siblings"
    printf 'processor\t: %d\nBogoMIPS\t: 48.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n' \
      "$number" >>"$1/proc/cpuinfo"
    printf 'CPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n\n' >>"$1/proc/cpuinfo"
  done
  echo 0-3 | tee "$cpu/possible" "$cpu/present" >"$cpu/online"
  echo 7 >"$cpu/kernel_max"
  echo 'MemTotal: 16777216 kB' >"$1/proc/meminfo"
}

field() { lscpu -s "$work/machine" | sed -n "s/^$1: *//p"; }

debian util-linux=2.38.1-5+deb12u3 hwloc-nox=2.9.0-1 libhwloc15=2.9.0-1
machine "$work/machine"
guess 'Architecture: aarch64, or none'
seen 'Vendor ID, Model name, CPU(s)' 'ARM, Neoverse-N1, 4' "$(field 'Vendor ID'), $(field 'Model name'), $(field 'CPU(s)')"
seen 'Architecture' "$(uname -m)" "$(field Architecture)"
seen 'Architecture with -J' "\"$(uname -m)\"" \
  "$(lscpu -s "$work/machine" -J | grep -A1 '"Architecture:"' | sed -n 's/.*"data": //p')"
seen 'CPUs for lstopo' 4 "$(lstopo-no-graphics -i "$work/machine" --of xml 2>/dev/null | grep -c 'type="PU"')"
seen 'its Architecture' '' \
  "$(lstopo-no-graphics -i "$work/machine" --of xml 2>/dev/null | sed -n 's/.*name="Architecture" value="\([^"]*\)".*/\1/p')"
verdict
