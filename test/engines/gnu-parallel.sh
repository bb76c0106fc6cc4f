#!/usr/bin/env bash
# GNU parallel: twelve shards, a job log, a shard that is killed and run again by --resume-failed.
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
needs parallel parallel
parallel --version | head -1

# The first time, shard 3 is killed after its second point, as by an OOM killer.
cat >shard.sh <<'SH'
index=$1
if [ "$index" = 3 ] && [ ! -e killed ]; then
  touch killed
  rss-err sweep --grid sweep.json --shard 3/12 --output shard-03.ndjson --resume --jobs 1 &
  while [ "$(wc -l <shard-03.ndjson 2>/dev/null || echo 0)" -lt 2 ]; do sleep 0.02; done
  kill -9 $!
  exit 137
fi
rss-err sweep --grid sweep.json --shard "$index/12" --output "$(printf 'shard-%02d.ndjson' "$index")" \
  --resume --jobs 1
SH

run() { seq 12 | parallel --joblog log "$@" sh shard.sh {} 2>/dev/null; }
code=0
run || code=$?
printf 'first time: exit %s, %s jobs logged, %s failed\n' "$code" "$(($(wc -l <log) - 1))" \
  "$(awk 'NR > 1 && $7 != 0' log | wc -l)"
[ "$code" = 1 ] || { echo 'the killed shard was not counted' >&2; exit 1; }
run --resume-failed
printf 'again with --resume-failed: exit %s\n' "$?"
rss-err sweep merge shard-*.ndjson >merged.ndjson
same merged.ndjson
