#!/usr/bin/env bash
# Subject   --joblog of GNU parallel 20221122+ds-2, a job that SIGKILL ends (as the OOM killer does)
# Guess     The column Exitval of a job that failed is not 0: the manual lists -1 there for killed by
#           Ctrl-C, timeout, not enough memory or similar; a shell's $?, srun and parallel's own
#           --halt now call it 137.
# Seen      Exitval is 0, with 9 in the next column, Signal. Parallel's own exit code (1 failed job) and
#           --retry-failed count the job as failed. A job that --timeout ends does get -1 (and 15).
# Meaning   awk '$7 != 0' over a job log overlooks exactly the pieces that ran out of memory. A failed
#           job is one with Exitval or Signal other than 0.
. "$(dirname "$0")/common.bash"

run() { parallel --will-cite -j1 "$@" 2>/dev/null; }

column() { awk -F'\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
  NR > 1 { print $at[name] }' "$2" | paste -sd' '; }

debian parallel=20221122+ds-2
export HOME=$work PERL5LIB=$root/usr/share/perl/5.36.0:$root/usr/lib/x86_64-linux-gnu/perl/5.36.0
guess 'Exitval of the killed job 2 is -1 or 137'
code=0
run --joblog "$work/log" 'case {} in 2) kill -KILL $$ ;; 3) exit 3 ;; esac' ::: 1 2 3 || code=$?
seen 'Exitval of three jobs: done, killed, exit 3' '0 0 3' "$(column Exitval "$work/log")"
seen 'Signal' '0 9 0' "$(column Signal "$work/log")"
seen "parallel's exit code (failed jobs)" 2 "$code"
seen 'jobs that --resume-failed runs again' '2 3' \
  "$(run --joblog "$work/log" --resume-failed echo ::: 1 2 3 | paste -sd' ')"
code=0
run --halt now,fail=1 'kill -KILL $$' ::: 1 || code=$?
seen 'exit code with --halt now' 137 "$code"
run --joblog "$work/timeout" --timeout 1 'sleep 20' ::: 1 || true
seen 'Exitval and Signal of a job that --timeout ended' '-1 15' \
  "$(column Exitval "$work/timeout") $(column Signal "$work/timeout")"
verdict
