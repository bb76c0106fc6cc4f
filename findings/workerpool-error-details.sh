#!/usr/bin/env bash
# Subject   what an error thrown in a worker brings home, workerpool 10.0.3 with workerType "thread"
# Guess     The structured clone that worker_threads offers: the class of built-in errors, plain data
#           in properties, bigints and typed arrays all survive it; a RESULT of the same pool keeps
#           them. README.md names no limit for errors.
# Seen      The error goes through JSON.stringify with the list of the error's own property names as
#           the filter, and that filter holds at every depth: e.detail = { pages: 5, cpu: 3 } arrives as
#           {}, unless the error itself has properties called pages and cpu. RangeError becomes Error,
#           Infinity null; with a bigint among the properties the error that arrives is one about
#           JSON, and the worker's own message is lost.
# Meaning   A replay in a pool that throws a contradiction with its figures reports none of them. Put
#           figures into the message, or return { ok: false, ... } as a result.
. "$(dirname "$0")/common.bash"

cat >"$work/errors.cjs" <<'JS'
const workerpool = require('workerpool');
const pool = workerpool.pool({ maxWorkers: 1, workerType: 'thread' });
const print = (name, value) => console.log(`${name}: ${value}`);
const caught = (task) => pool.exec(task).then(() => 'no error', (error) => error);
(async () => {
  const result = await pool.exec(() => ({ detail: { pages: 5, cpu: 3n }, most: Infinity }));
  print('result', `pages ${result.detail.pages}, cpu ${result.detail.cpu}, most ${result.most}`);
  const plain = await caught(() => {
    throw Object.assign(new RangeError('contradiction'), { detail: { pages: 5, cpu: 3 }, most: Infinity });
  });
  print('error', `${plain.constructor.name} ${plain.message} ${JSON.stringify({ ...plain })}`);
  const named = await caught(() => {
    throw Object.assign(new Error('contradiction'), { detail: { pages: 5, cpu: 3 }, pages: 1 });
  });
  print('error with pages of its own', JSON.stringify({ ...named }));
  const big = await caught(() => {
    throw Object.assign(new Error('contradiction'), { pages: 5n });
  });
  print('error with a bigint', big.message);
  await pool.terminate(true);
})();
JS

npm_packages workerpool@10.0.3
guess 'an error keeps what a result keeps: pages 5, cpu 3, Infinity, its class, its message'
timeout 30 node "$work/errors.cjs" >"$work/seen" || true
line() { sed -n "s/^$1: //p" "$work/seen"; }
seen 'a result' 'pages 5, cpu 3, most Infinity' "$(line result)"
seen 'a RangeError with details' 'Error contradiction {"detail":{},"most":null}' "$(line error)"
seen 'an error that has its own pages' '{"detail":{"pages":5},"pages":1}' \
  "$(line 'error with pages of its own')"
seen_like 'an error with a bigint' 'serialize a BigInt' "$(line 'error with a bigint')"
verdict
