#!/usr/bin/env bash
# Subject   processStatus() of @stroncium/procfs 1.2.1: cpusAllowedMask and memoriesAllowedMask
# Guess     Its API calls them the masks of CPUs and of memory nodes that the process may use, as
#           integers. /proc/PID/status writes masks in words of 32 bits with commas between, the
#           highest first, and Cpus_allowed_list beside them says the same.
# Seen      parseInt stops at the first comma, so the value is the highest word as if it were the
#           lowest. A process on CPUs 0-31 of 64 may use none, one on CPUs 32-47 has CPUs 0-15. Nodes are
#           wrong everywhere: a distribution's kernel prints 1,024 of them, and the mask is 0 for every process.
# Meaning   Numbers of CPUs made from it are right on small machines alone, where they are tested. Read
#           Cpus_allowed_list and Mems_allowed_list.
. "$(dirname "$0")/common.bash"

cat >"$work/masks.cjs" <<'JS'
const { mkdirSync, writeFileSync } = require('node:fs');
const { Procfs } = require('procfs');
const nodes = `${'00000000,'.repeat(31)}00000001`;
for (const [cpus, list] of [['3', '0-1'], ['ffffffff', '0-31'], ['00000000,ffffffff', '0-31'], ['0000ffff,00000000', '32-47']]) {
  mkdirSync('proc/42', { recursive: true });
  writeFileSync('proc/42/status', [
    'Name:\treplay', 'State:\tS (sleeping)', 'Pid:\t42', 'VmRSS:\t   41124 kB',
    `Cpus_allowed:\t${cpus}`, `Cpus_allowed_list:\t${list}`, `Mems_allowed:\t${nodes}`, 'Mems_allowed_list:\t0', '',
  ].join('\n'));
  const { cpusAllowedMask, memoriesAllowedMask } = new Procfs('proc').processStatus(42);
  console.log(`${cpus}: ${cpusAllowedMask.toString(16)}, nodes ${memoriesAllowedMask}`);
}
JS

npm_packages procfs@npm:@stroncium/procfs@1.2.1
(cd "$work" && timeout 30 node masks.cjs) >"$work/seen"
line() { sed -n "s/^$1: //p" "$work/seen"; }
guess 'the masks without commas, and node 0 (mask 1) each time'
seen 'Cpus_allowed 3 (CPUs 0-1)' '3, nodes 0' "$(line 3)"
seen 'ffffffff (CPUs 0-31 of 32)' 'ffffffff, nodes 0' "$(line ffffffff)"
seen '00000000,ffffffff (CPUs 0-31 of 64)' '0, nodes 0' "$(line 00000000,ffffffff)"
seen '0000ffff,00000000 (CPUs 32-47 of 64)' 'ffff, nodes 0' "$(line 0000ffff,00000000)"
verdict
