#!/usr/bin/env bash
# Subject   csv-parse 7.0.3, option cast: true
# Guess     A number of JavaScript's is cast to its value, anything else stays text. 0x1f is a number
#           to Number() (31) and to the parser's own test, so it becomes 31, or it stays "0x1f".
# Seen      The test subtracts (where 0x1f counts 31) and the cast is parseFloat (which stops at the
#           x): every hexadecimal, octal or binary cell becomes the number 0. A mask of two words,
#           "0x1,0x0", fails the test and stays text, so a column of CPU masks comes out as zeros on
#           small machines and as text on large ones.
# Meaning   Masks (hwloc's, lscpu's, smp_affinity with a prefix) and addresses do not survive
#           cast: true. Name the columns that are numbers in a cast function.
. "$(dirname "$0")/common.bash"

cat >"$work/cast.mjs" <<'JS'
import { parse } from 'csv-parse/sync';
const cells = ['31', '1e3', '0x1f', '0x0000000f', '0o17', '0b11', '"0x1,0x0"', '0-3'];
for (const [cell] of parse(cells.join('\n'), { cast: true, relax_column_count: true }))
  console.log(JSON.stringify(cell));
JS

npm_packages csv-parse@7.0.3
guess '0x1f is 31 or "0x1f"'
seen 'Number("0x1f")' 31 "$(node -p 'Number("0x1f")')"
seen '31, 1e3, 0x1f, 0x0000000f, 0o17, 0b11, "0x1,0x0", 0-3' '31 1000 0 0 0 0 "0x1,0x0" "0-3"' \
  "$(node "$work/cast.mjs" | paste -sd' ')"
verdict
