#!/usr/bin/env bash
# Subject   memory_full_info() of psutil 5.9.4-1+b1, processes with huge pages of hugetlbfs
# Guess     USS is the part of the resident set that no other process has: USS <= PSS <= RSS, and
#           RSS - USS is what is shared. So ps (procps) and smem have it, by Private_Clean and
#           Private_Dirty of smaps.
# Seen      The kernel has huge pages of hugetlbfs in neither Rss nor Pss but in lines of their own, and psutil adds
#           Private_Hugetlb to USS alone. A process with 12 MB resident and 2 GiB of them has an RSS of
#           12 MB, a PSS of 10 MB and a USS of 2 GiB; smem says 9 MB of the same files.
# Meaning   RSS - USS is negative for the processes that matter most (databases, DPDK, a JVM with
#           -XX:+UseLargePages), and USS of psutil is not USS of ps. Take HugetlbPages of
#           /proc/PID/status off, or add it to the others as well.
. "$(dirname "$0")/common.bash"

# counts: what the kernel says of the memory, in a mapping or in all.
counts() {
  printf '%s kB\n' 'Rss: 12000' 'Pss: 10000' 'Pss_Dirty: 8000' 'Shared_Clean: 3000' 'Shared_Dirty: 0' \
    'Private_Clean: 1000' 'Private_Dirty: 8000' 'Referenced: 12000' 'Anonymous: 8000' 'LazyFree: 0' \
    'AnonHugePages: 0' 'ShmemPmdMapped: 0' 'FilePmdMapped: 0' 'Shared_Hugetlb: 0' \
    'Private_Hugetlb: 2097152' 'Swap: 0' 'SwapPss: 0' 'Locked: 0'
}

# A process with 2 GiB in 1,024 huge pages and 3,000 pages of 4 KiB beside them.
process() {
  mkdir -p "$1"
  echo '527500 3000 1000 250 0 2250 0' >"$1/statm"
  printf 'database\0' >"$1/cmdline"
  printf '4242 (database) S 1 4242 4242 0 -1 4194560 100 0 0 0 1 1 0 0 20 0 1 0 100 2160640000 3000 %s\n' \
    '18446744073709551615 1 1 1 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0' >"$1/stat"
  { echo '00400000-7fff00000000 ---p 00000000 00:00 0 [rollup]' && counts; } >"$1/smaps_rollup"
  { echo '00400000-80c00000 rw-p 00000000 00:00 0' && echo 'Size: 2110000 kB' && counts; } >"$1/smaps"
}

cat >"$work/full.py" <<'PY'
import psutil, sys

psutil.PROCFS_PATH = sys.argv[1]
info = psutil.Process(4242).memory_full_info()
print('rss %d, pss %d, uss %d kB' % (info.rss // 1024, info.pss // 1024, info.uss // 1024))
PY

debian smem=1.5-2 python3-psutil=5.9.4-1+b1
process "$work/machine/proc/4242"
cp /proc/stat /proc/meminfo /proc/version "$work/machine/proc/"
guess 'uss 9000 kB from both'
seen 'psutil' 'rss 12000, pss 10000, uss 2106152 kB' \
  "$(PYTHONPATH=$root/usr/lib/python3/dist-packages python3 "$work/full.py" "$work/machine/proc")"
seen 'smem -c "rss pss uss"' '12000 10000 9000' \
  "$(python3 "$root/usr/bin/smem" -S "$work/machine" -H -c 'rss pss uss' | xargs)"
verdict
