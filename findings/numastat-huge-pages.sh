#!/usr/bin/env bash
# Subject   numastat -p of numactl 2.0.16-1, huge pages of another size than the default
# Guess     The manual: the memory of the process by node, in MB. /proc/PID/numa_maps names the page
#           size of each mapping (kernelpagesize_kB), so two pages of 1 GiB are 2048 MB.
# Seen      Every mapping with the word "huge" is multiplied by Hugepagesize of /proc/meminfo, the
#           default size. Two pages of 1 GiB are 4 MB where the default is 2 MiB; ten pages of 2 MiB
#           are 10,240 MB where it is 1 GiB. No message. Mappings of small pages are right.
# Meaning   A database or a virtual machine with pages of 1 GiB, asked for by size while the default
#           stays, is 512 times too small in the Huge row and vanishes in the total. Multiply by
#           kernelpagesize_kB oneself. (The files are put over /proc in a mount namespace: it takes
#           no huge pages.)
. "$(dirname "$0")/common.bash"

clean_up() { [ -z "${process:-}" ] || kill "$process" 2>/dev/null; }

# maps COUNT KILOBYTES: numa_maps with so many huge pages of that size, and 18 of 4 KiB.
maps() {
  printf '7f0000000000 default file=/anon_hugepage\\040(deleted) huge anon=%d dirty=%d N0=%d kernelpagesize_kB=%d\n' \
    "$1" "$1" "$1" "$2"
  echo '55a000000000 default file=/usr/bin/sleep mapped=10 N0=10 kernelpagesize_kB=4'
  echo '55a000100000 default heap anon=5 dirty=5 N0=5 kernelpagesize_kB=4'
  echo '7fff00000000 default stack anon=3 dirty=3 N0=3 kernelpagesize_kB=4'
}

cat >"$work/planted" <<'SH'
mount --bind "$1" "/proc/$3/numa_maps" && mount --bind "$2" /proc/meminfo && exec numastat -p "$3"
SH

# look COUNT KILOBYTES DEFAULT: sets rows to what numastat prints, with the totals in MB.
look() {
  maps "$1" "$2" >"$work/numa_maps"
  sed "s/^Hugepagesize:.*/Hugepagesize: $3 kB/" /proc/meminfo >"$work/meminfo"
  unshare -m sh "$work/planted" "$work/numa_maps" "$work/meminfo" "$process" >"$work/table" ||
    cannot 'numastat -p with other files in /proc (CAP_SYS_ADMIN, a kernel with NUMA)'
  rows=$(awk '$1 ~ /^(Huge|Heap|Stack|Private)$/ { print $1, $NF }' "$work/table" | paste -sd,)
}

debian numactl=2.0.16-1
sleep 60 &
process=$!
guess 'Huge is count times size: 2048.00 and 20.00'
look 2 1048576 2048
seen '2 pages of 1 GiB, default 2 MiB' 'Huge 4.00,Heap 0.02,Stack 0.01,Private 0.04' "$rows"
look 10 2048 1048576
seen '10 pages of 2 MiB, default 1 GiB' 'Huge 10240.00,Heap 0.02,Stack 0.01,Private 0.04' "$rows"
look 10 2048 2048
seen '10 pages of 2 MiB, default 2 MiB' 'Huge 20.00,Heap 0.02,Stack 0.01,Private 0.04' "$rows"
verdict
