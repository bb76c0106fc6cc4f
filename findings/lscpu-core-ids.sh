#!/usr/bin/env bash
# Subject   lscpu -p and -e of util-linux 2.38.1-5+deb12u3, machines with two kinds of cores
# Guess     CORE names a core: two CPUs with the same number share one. lscpu itself says so above
#           the list: each different item in every column has a unique ID.
# Seen      The numbers are counted for each CPU model apart, so that on an arm big.LITTLE machine
#           the first big core is core 0 again. -y (physical IDs) tells all cores apart.
# Meaning   Counting cores, or joining threads into cores, by CORE makes six cores four, and calls a
#           little and a big core siblings. Take -y with SOCKET, or topology/core_cpus_list.
. "$(dirname "$0")/common.bash"

# Four Cortex-A53 and two Cortex-A72, one thread each, as the kernel shows them.
machine() {
  local cpu=$1/sys/devices/system/cpu number part topology
  mkdir -p "$1/proc" "$cpu"
  for number in 0 1 2 3 4 5; do
    topology=$cpu/cpu$number/topology
    mkdir -p "$topology"
    echo 1 >"$cpu/cpu$number/online"
    echo 0 >"$topology/physical_package_id"
    echo "$number" >"$topology/core_id"
    printf '%x\n' $((1 << number)) >"$topology/thread_siblings"
    echo 3f >"$topology/core_siblings"
    part=$((number < 4 ? 0xd03 : 0xd08))
    printf 'processor\t: %d\nBogoMIPS\t: 48.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n' \
      "$number" >>"$1/proc/cpuinfo"
    printf 'CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0x%x\nCPU revision\t: 4\n\n' \
      "$part" >>"$1/proc/cpuinfo"
  done
  for number in possible present online; do echo 0-5 >"$cpu/$number"; done
  echo 7 >"$cpu/kernel_max"
}

cores() { lscpu -s "$work/machine" "$@" | sed '/^#/d' | paste -sd' '; }

debian util-linux=2.38.1-5+deb12u3
machine "$work/machine"
guess 'CORE tells six cores apart: 0,0 1,1 2,2 3,3 4,4 5,5'
seen 'the promise above the list' '# programs. Each different item in every column has an unique ID' \
  "$(lscpu -s "$work/machine" -p | grep 'unique ID')"
seen 'lscpu -p=cpu,core' '0,0 1,1 2,2 3,3 4,0 5,1' "$(cores -p=cpu,core)"
seen 'lscpu -e=cpu,core' '0 0 1 1 2 2 3 3 4 0 5 1' \
  "$(lscpu -s "$work/machine" -e=cpu,core | tail -n +2 | xargs)"
seen 'lscpu -y -p=cpu,core' '0,0 1,1 2,2 3,3 4,4 5,5' "$(cores -y -p=cpu,core)"
verdict
