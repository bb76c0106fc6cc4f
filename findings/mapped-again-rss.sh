#!/usr/bin/env bash
# Subject   RSS, PSS and USS of memory that one process maps several times, by ps of procps 2:4.0.2-3
#           and psutil 5.9.4-1+b1, Linux 6.18
# Guess     ps(1): the non-swapped physical memory that a task has used; psutil: USS is what no other
#           process has and what ends with this one. 64 MiB that one process alone holds are 64 MiB in
#           both, however often it maps them.
# Seen      The kernel counts mappings of pages: mapped 8 times, 64 MiB are 512 MiB of RSS, which so
#           can exceed the machine's memory. And a page with several mappings is shared to it, be they of one
#           process: USS is 0 of the 64 MiB. PSS alone has them once.
# Meaning   Ring buffers mapped twice in a row, garbage collectors with several views of a heap and
#           databases that map a file anew are overstated by whole multiples, on any counter of RSS. A limit
#           on such a process belongs on PSS or on its memory cgroup.
. "$(dirname "$0")/common.bash"

clean_up() { [ -z "${process:-}" ] || kill "$process" 2>/dev/null; }

cat >"$work/views.py" <<'PY'
import mmap, os, signal, sys

size = 64 << 20
fd = os.memfd_create('heap')
os.ftruncate(fd, size)
views = [mmap.mmap(fd, size) for _ in range(int(sys.argv[1]))]
for view in views:
    for page in range(0, size, mmap.PAGESIZE):
        view[page] = 1
print('ready', flush=True)
signal.pause()
PY

cat >"$work/uss.py" <<'PY'
import psutil, sys

print(psutil.Process(int(sys.argv[1])).memory_full_info().uss // 1024)
PY

# look VIEWS: sets sizes to RSS, PSS and USS, each in whole 64 MiB beyond the interpreter's own.
look() {
  local kb
  rm -f "$work/ready"
  python3 "$work/views.py" "$1" >"$work/ready" &
  process=$!
  until [ -s "$work/ready" ]; do
    kill -0 "$process" 2>/dev/null || cannot 'the process does not start'
    sleep 0.1
  done
  kb=$(ps -o rss=,pss= -p "$process")
  kb+=" $(PYTHONPATH=$root/usr/lib/python3/dist-packages python3 "$work/uss.py" "$process")"
  kill "$process"
  wait "$process" 2>/dev/null || true
  process=
  printf '          %s views: rss, pss, uss %s kB\n' "$1" "$(xargs <<<"$kb")"
  sizes=$(xargs -n 1 <<<"$kb" | awk '{ print int($1 / 65536) " x 64 MiB" }' | paste -sd,)
}

debian procps=2:4.0.2-3 python3-psutil=5.9.4-1+b1
printf 'kernel    %s\n' "$(uname -r)"
guess '1 x 64 MiB each time'
look 1
seen 'mapped once: RSS, PSS, USS' '1 x 64 MiB,1 x 64 MiB,1 x 64 MiB' "$sizes"
look 8
seen 'mapped 8 times: RSS, PSS, USS' '8 x 64 MiB,1 x 64 MiB,0 x 64 MiB' "$sizes"
verdict
