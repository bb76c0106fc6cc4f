#!/usr/bin/env bash
# Subject   a process whose main thread has ended while others run, in ps and top of procps
#           2:4.0.2-3 and in psutil 5.9.4-1+b1, Linux 6.18
# Guess     pthread_exit(3) recommends that ending, for the other threads to go on. Memory belongs to the
#           process, not to one thread, so /proc/PID and what reads it show it as before.
# Seen      /proc/PID/statm is seven zeros, status has no Vm lines, and there is no smaps_rollup to
#           read: the files of /proc/PID are those of the main thread, which has let go of the memory.
#           ps, top and psutil say 0 and zombie, with an exit code of 0. The 300 MiB are in
#           /proc/PID/task/TID/statm of each living thread, and in ps -L in its line alone.
# Meaning   A sum over ps misses the process, and a limit on its RSS never fires; "zombie" invites one
#           to pass it over. With RSS 0 and threads left (STAT Zl), read the files of a living thread.
. "$(dirname "$0")/common.bash"

clean_up() { [ -z "${process:-}" ] || kill -KILL "$process" 2>/dev/null; }

cat >"$work/leave.py" <<'PY'
import ctypes, threading, time

held = bytearray(300 << 20)
for page in range(0, len(held), 4096):
    held[page] = 1
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
PY

cat >"$work/info.py" <<'PY'
import psutil, sys

process = psutil.Process(int(sys.argv[1]))
print(process.status(), process.memory_info().rss)
PY

# size KILOBYTES: 0, or in steps of 100 MB.
size() { awk -v kb="$1" 'BEGIN { print kb == 0 ? 0 : int(kb / 100000) "xx,xxx" }'; }

debian procps=2:4.0.2-3 python3-psutil=5.9.4-1+b1
printf 'kernel    %s\n' "$(uname -r)"
python3 "$work/leave.py" &
process=$!
for _ in {1..100}; do
  [[ $(ps -o stat= -p "$process") = Z* ]] && break
  sleep 0.1
done
guess '300 MiB from all'
code=0
rss=$(ps -o stat=,rss= -p "$process" | xargs) || code=$?
seen 'ps -o stat,rss, and its exit code' 'Zl 0, 0' "$rss, $code"
seen 'top, RES' 0 "$(top -b -n 1 -p "$process" | awk -v pid="$process" '$1 == pid { print $6 }')"
seen 'psutil, status() and memory_info().rss' 'zombie 0' \
  "$(PYTHONPATH=$root/usr/lib/python3/dist-packages python3 "$work/info.py" "$process")"
seen '/proc/PID/statm' '0 0 0 0 0 0 0' "$(cat "/proc/$process/statm")"
seen 'Vm lines of /proc/PID/status' 0 "$(grep -c '^Vm' "/proc/$process/status" || true)"
seen '/proc/PID/smaps_rollup' 'No such process' "$(grep Rss "/proc/$process/smaps_rollup" 2>&1 | sed 's/.*: //')"
for task in /proc/"$process"/task/*; do
  [ "${task##*/}" = "$process" ] || thread=${task##*/}
done
pages=$(cut -d' ' -f2 "/proc/$process/task/$thread/statm")
seen '/proc/PID/task/TID/statm of the thread left, kB' '3xx,xxx' "$(size $((pages * $(getconf PAGESIZE) / 1024)))"
seen 'ps -L, kB of the main thread and of the other' '0 3xx,xxx' \
  "$(ps -L -o rss= -p "$process" | while read -r kb; do size "$kb"; done | paste -sd' ')"
verdict
