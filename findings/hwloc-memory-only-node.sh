#!/usr/bin/env bash
# Subject   CPUs of a NUMA node without CPUs (CXL, HBM, GPU memory): hwloc 2.9.0-1 against lscpu of
#           util-linux 2.38.1-5+deb12u3, both reading one copy of /sys
# Guess     node2/cpulist is empty, lscpu lists no CPU for the node, and neither does hwloc. The
#           CPUs of all nodes are those of the machine.
# Seen      hwloc gives each node the CPUs that are near to it: by the distances node 2 has those of node 1, in
#           lstopo's XML (cpuset), by hwloc-calc and for a CPU's nodes. The nodes of 8 CPUs have 4, 4
#           and 4; CPU 5 is in two nodes. Nothing in XML tells apart a node with CPUs of its own.
# Meaning   CPUs per node from hwloc sum up to more than there are, and a table by node counts
#           CPUs twice. A CPU's own node is mostly the lowest number that has it; for certain ask
#           lscpu and sysfs.
. "$(dirname "$0")/common.bash"

# Two packages of four cores with a node each, and a node of memory alone nearer to the second.
machine() {
  local cpu=$1/sys/devices/system/cpu node=$1/sys/devices/system/node number package topology
  mkdir -p "$1/proc" "$cpu" "$node"
  for number in 0 1 2 3 4 5 6 7; do
    package=$((number / 4))
    topology=$cpu/cpu$number/topology
    mkdir -p "$topology"
    echo 1 >"$cpu/cpu$number/online"
    echo "$package" >"$topology/physical_package_id"
    echo $((number % 4)) >"$topology/core_id"
    printf '%x\n' $((1 << number)) | tee "$topology/core_cpus" >"$topology/thread_siblings"
    printf '%x\n' $((15 << 4 * package)) | tee "$topology/package_cpus" >"$topology/core_siblings"
    printf 'processor\t: %d\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\n\n' \
      "$number" >>"$1/proc/cpuinfo"
  done
  echo 0-7 | tee "$cpu/possible" "$cpu/present" >"$cpu/online"
  echo 7 >"$cpu/kernel_max"
  echo 'MemTotal: 50331648 kB' >"$1/proc/meminfo"
  echo 0-2 | tee "$node/possible" >"$node/online"
  memory 0 0f 0-3 '10 21 28'
  memory 1 f0 4-7 '21 10 14'
  memory 2 00 '' '28 14 10'
}

# memory NODE MASK LIST DISTANCES: its folder in sysfs.
memory() {
  local folder=$node/node$1
  mkdir "$folder"
  echo "$2" >"$folder/cpumap"
  echo "$3" >"$folder/cpulist"
  echo "$4" >"$folder/distance"
  echo "Node $1 MemTotal: 16777216 kB" >"$folder/meminfo"
}

calc() { hwloc-calc -i "$work/machine" --pi --po "$@" 2>/dev/null; }

per_node() { for number in 0 1 2; do "$@" "$number"; done | paste -sd' '; }
by_lscpu() { lscpu -s "$work/machine" | sed -n "s/^NUMA node$1 CPU(s): *\(.*\)/\1/p" | sed 's/^$/none/'; }
by_calc() { calc -I pu "numa:$1"; }
in_xml() {
  lstopo-no-graphics -i "$work/machine" --of xml 2>/dev/null |
    sed -nE "s/.*type=\"NUMANode\" os_index=\"$1\" cpuset=\"([^\"]*)\".*/\1/p"
}

debian hwloc-nox=2.9.0-1 libhwloc15=2.9.0-1 util-linux=2.38.1-5+deb12u3
machine "$work/machine"
guess 'no CPU on node 2 from either'
seen 'lscpu, nodes 0, 1, 2' '0-3 4-7 none' "$(per_node by_lscpu)"
seen 'hwloc-calc -I pu' '0,1,2,3 4,5,6,7 4,5,6,7' "$(per_node by_calc)"
seen 'cpuset in XML' '0x0000000f 0x000000f0 0x000000f0' "$(per_node in_xml)"
seen 'nodes of CPU 0 and of CPU 5' '0 1,2' "$(calc -I numa pu:0) $(calc -I numa pu:5)"
verdict
