#!/usr/bin/env bash
# Subject   PSS as smem 1.5-2 and two calls of psutil 5.9.4-1+b1 show it, against ps of procps
#           2:4.0.2-3, Linux 6.18
# Guess     /proc/PID/smaps_rollup is the sum of /proc/PID/smaps, as its name and the kernel's
#           documentation say; whichever a tool reads, the process has one PSS, but for a rounding.
# Seen      smaps cuts each mapping's share to whole kB, the rollup adds fractions of bytes and cuts
#           once. A page that five or more processes share is 0 kB in smaps. Of 5,000 mappings of one page
#           each in 10 processes ps counts 2,000 kB, smem nothing; psutil has both answers, one from
#           memory_full_info(), the other from memory_maps(). With four processes they agree.
# Meaning   Forked workers with many small mappings look smaller in smem than they are, and its total
#           is not the memory in use. For a process's PSS read smaps_rollup.
. "$(dirname "$0")/common.bash"

clean_up() { [ -z "${parent:-}" ] || kill -TERM "$parent" 2>/dev/null; }

# Every second page is there and may be written, the others keep them from being one mapping.
cat >"$work/workers.py" <<'PY'
import ctypes, mmap, os, signal, sys

pages, workers = 5000, int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
area = mmap.mmap(-1, 2 * pages * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
start = ctypes.addressof(ctypes.c_char.from_buffer(area))
for page in range(pages):
    area[2 * page * mmap.PAGESIZE] = 1
    if libc.mprotect(ctypes.c_void_p(start + (2 * page + 1) * mmap.PAGESIZE), mmap.PAGESIZE, 0):
        raise OSError(ctypes.get_errno(), 'mprotect')
named, name = os.pipe()
children = []
for worker in range(workers):
    child = os.fork()
    if not child:
        libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no child outlives its parent.
        libc.prctl(15, b'worker-%d' % worker)  # PR_SET_NAME
        os.write(name, b'.')
        signal.pause()
    children.append(child)
for worker in range(workers):
    os.read(named, 1)
print(children[0], flush=True)
signal.pause()
PY

cat >"$work/both.py" <<'PY'
import psutil, sys

process = psutil.Process(int(sys.argv[1]))
print(process.memory_full_info().pss // 1024, sum(row.pss for row in process.memory_maps()) // 1024)
PY

# differences PROCESSES: sets kb to what ps finds beyond smem, and psutil's one call beyond its other.
differences() {
  local pid by_ps by_smem both
  rm -f "$work/pid"
  python3 "$work/workers.py" $(($1 - 1)) >"$work/pid" &
  parent=$!
  until [ -s "$work/pid" ]; do
    kill -0 "$parent" 2>/dev/null || cannot "the workers do not start"
    sleep 0.1
  done
  pid=$(cat "$work/pid")
  by_ps=$(ps -o pss= -p "$pid")
  by_smem=$(python3 "$root/usr/bin/smem" -H -P '^worker-0$' -c pss)
  read -ra both < <(PYTHONPATH=$root/usr/lib/python3/dist-packages python3 "$work/both.py" "$pid")
  kill -TERM "$parent"
  wait "$parent" 2>/dev/null || true
  parent=
  printf '          %s processes: ps %s, smem %s, psutil %s and %s kB\n' "$1" \
    "$((by_ps))" "$((by_smem))" "${both[@]}"
  kb="$(rounded $((by_ps - by_smem))) $(rounded $((both[0] - both[1])))"
}

# To whole 500 kB: the tools are of Python themselves and share its pages while they look.
rounded() { awk -v kb="$1" 'BEGIN { printf "%d", 500 * int(kb / 500 + (kb < 0 ? -0.5 : 0.5)) }'; }

debian smem=1.5-2 python3-psutil=5.9.4-1+b1 procps=2:4.0.2-3
printf 'kernel    %s\n' "$(uname -r)"
guess 'no difference worth the name between them'
differences 4
seen 'ps - smem and psutil - psutil, 4 processes, kB' '0 0' "$kb"
differences 10
seen 'ps - smem and psutil - psutil, 10 processes, kB' '2000 2000' "$kb"
verdict
