#!/usr/bin/env bash
# Subject   format {"type": "csv", "parse": "auto"} of a data set, vega 6.4.0
# Guess     Types are inferred from what stands in a column: lists of CPUs (0-3), names of kernels
#           (linux-6.12) and their versions (6.15.7) are neither numbers nor dates and stay text, as
#           node0 and v6.12 do.
# Seen      A column is dates if Date.parse() takes each cell, and V8's takes nearly any word that a
#           small number follows: the columns become milliseconds since 1970. 0-3 is 1 March 2000,
#           6.15.7 is 15 June 2007, linux-6.12 is 12 June 2001, each at midnight of the time zone at
#           hand, so that the same file gives other values elsewhere. No message.
# Meaning   Labels of machines and kernels are lost, and a filter or a join on them finds nothing. Name
#           the columns that are numbers in parse, and no others are touched.
. "$(dirname "$0")/common.bash"

cat >"$work/dates.mjs" <<'JS'
import { parse, View } from 'vega';

const columns = {
  cpus: ['0-3', '4-7'],
  kernel: ['linux-6.1', 'linux-6.12'],
  version: ['6.12.39', '6.15.7'],
  node: ['node0', 'node1'],
  tag: ['v6.1', 'v6.12'],
  pages: ['5', '9'],
};
const rows = [0, 1].map((row) => Object.values(columns).map((cells) => cells[row]).join());
const values = [Object.keys(columns).join(), ...rows].join('\n');

async function read(name, format) {
  const view = await new View(parse({ data: [{ name: 'runs', values, format }] }), { renderer: 'none' }).runAsync();
  for (const column of Object.keys(columns))
    console.log(`${name} ${column}: ${view.data('runs').map((row) => JSON.stringify(row[column])).join(' ')}`);
}
await read('auto', { type: 'csv', parse: 'auto' });
await read('named', { type: 'csv', parse: { pages: 'number' } });
JS

npm_packages vega@6.4.0
guess 'only pages is no text any more'
(cd "$work" && TZ=UTC timeout 60 node dates.mjs) >"$work/utc"
(cd "$work" && TZ=Asia/Tokyo timeout 60 node dates.mjs) >"$work/tokyo"
column() { sed -n "s/^$1: //p" "$work/$2"; }
seen 'parse auto, 0-3 and 4-7' '951868800000 986601600000' "$(column 'auto cpus' utc)"
seen 'in another time zone' '951836400000 986569200000' "$(column 'auto cpus' tokyo)"
seen 'parse auto, linux-6.1 and linux-6.12' '991353600000 992304000000' "$(column 'auto kernel' utc)"
seen 'parse auto, 6.12.39 and 6.15.7' '2191449600000 1181865600000' "$(column 'auto version' utc)"
seen 'parse auto, node0 and node1' '"node0" "node1"' "$(column 'auto node' utc)"
seen 'parse auto, v6.1 and v6.12' '"v6.1" "v6.12"' "$(column 'auto tag' utc)"
seen 'parse {"pages": "number"}' '"0-3" "4-7" "linux-6.1" "linux-6.12" "6.12.39" "6.15.7" 5 9' \
  "$(for name in cpus kernel version pages; do column "named $name" utc; done | paste -sd' ')"
verdict
