/**
 * Mutated recordings: each is read, or refused in one line that says something, and soon.
 * FUZZ=1000000 gives a parser so many; the seed of an input is its number.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../src/commands/replay/against/judge-run.ts';
import { replayRecorded } from '../../src/commands/replay/replay.ts';
import { InputError } from '../../src/errors.ts';
import { parseKernelRun } from '../../src/recorded/kernel-run/read-kernel-run.ts';
import { readUpdates } from '../../src/recorded/read-recorded.ts';
import { recordedSource } from '../../src/recorded/recorded-source.ts';
import { isTraceForm, recognise } from '../../src/recorded/registry.ts';
import { createTraceCounts } from '../../src/recorded/trace/event.ts';
import { readTrace } from '../../src/recorded/trace/read-trace.ts';
import { createReconstruction } from '../../src/recorded/trace/reconstruct.ts';
import { parseScheme } from '../../src/schemes/registry.ts';
import { loadBundled } from '../../src/topology/bundled.ts';
import { createUpdateColumns } from '../../src/update/columns.ts';
import { drawsOf, INPUTS, mutated, wordOfAFault } from '../support/mutate.ts';
import { pieces } from '../support/trace-steps.ts';

const ALONE = {
  workers: 1,
  heartbeat: () => undefined,
  signal: new AbortController().signal,
};

const golden = (name: string) =>
  readFileSync(new URL(`../golden/traces/${name}`, import.meta.url), 'utf8');

/** The head of a trace, and some lines of each stretch of it. */
const short = (name: string) => {
  const lines = golden(name).split('\n');
  return lines.filter((_, i) => i < 16 || i % Math.ceil(lines.length / 16) === 0).join('\n');
};

const RUN = {
  ...{ kernel: '6.12', release: '6.12.1', nr_cpus: 4, threads: 2, mode: 'hop', page_size: 4096 },
  ...{ scheme: 'percpu_counter', percpu_batch: 32, task_rss_events_thresh: null },
  moved_counter: 'MM_ANONPAGES',
  events: { thread: [0, 1, 0], cpu: [0, 3, 0], delta: [1, 40, -1] },
  samples: [{ step: 3, approx_pages: 40, precise_pages: 40, own_pages: 40 }],
  raw_counter_snapshots: [
    { step: 0, anon_count: 0, file_count: 0, shmem_count: 0, anon_percpu: [0, 0, 0, 0] },
    { step: 3, anon_count: 40, file_count: 0, shmem_count: 0, anon_percpu: [0, 0, 0, 0] },
  ],
};

const UPDATES = [
  { thread: 1, cpu: 0, pages: 70, kind: 'fault' },
  { thread: 2, cpu: 3, pages: 16, kind: 'fault-around', member: 'file', repeat: 3 },
  { thread: 2, cpu: 3, pages: 4, kind: 'cow', member: 'file' },
  { thread: 1, cpu: 7, pages: -30, kind: 'bulk' },
  { thread: 0, cpu: 7, pages: 0, kind: 'cpu-offline' },
  { thread: 1, cpu: 1, pages: 0, kind: 'thread-exit' },
];

/** Texts of each parser; those of one lend each other pieces. */
const SEEDS: Readonly<Record<string, readonly string[]>> = {
  csv: [
    'thread,cpu,pages,kind,member,mm,repeat\n1,0,70,fault,,,\n2,3,16,fault-around,file,0,3\n2,3,4,cow,file,,\n1,7,-30,bulk,,,\n0,7,0,cpu-offline,,,\n"1",1,0,"thread-exit",,,\n',
  ],
  ndjson: [
    `{"format":"rss-err/updates@1"}\n${UPDATES.map((update) => JSON.stringify(update)).join('\n')}\n`,
  ],
  'perf script': ['perf-script-ns.txt', 'perf-script-lost-events.txt'].map(short),
  ftrace: ['ftrace-tgid.txt', 'ftrace-sched_switch.txt', 'forms/fields.txt'].map(short),
  'latency format': ['forms/latency.txt', 'forms/latency-verbose.txt'].map(short),
  'trace-cmd': ['trace-cmd-report.txt', 'forms/trace-cmd-R.txt', 'forms/trace-cmd-l.txt'].map(
    short,
  ),
  Perfetto: [
    '# tracer: nop\n#\n         worker-71    (   70) [003] .... 10.000001: rss_stat: size=409600 member=1 curr=1 mm_id=4242\n          <idle>-0     (-----) [001] .... 10.000002: sched_switch: prev_comm=worker prev_pid=71 prev_prio=120 prev_state=X ==> next_comm=swapper/1 next_pid=0 next_prio=120\n         worker-71    (   70) [003] .... 10.000003: rss_stat: size=417792 member=1 curr=1 mm_id=4242\n',
  ],
  'recorded kernel': [JSON.stringify(RUN, null, 1)],
};

const machine = loadBundled('8cpu');
const schemes = ['per-thread', 'per-cpu', 'per-numa', 'tree'].map(parseScheme);

const replay = (text: string) =>
  replayRecorded(
    {
      ...{ version: '0', topology: machine, pageSize: 4096, schemes, name: 'file', mm: null },
      ...{
        text: pieces(text, 500),
        trace: { sizeIs: 'precise', comm: null, life: null, spread: null },
      },
    },
    ALONE,
  );

/** As far as to the updates: what every input is worth. */
async function readThrough(text: string): Promise<void> {
  const recording = await recognise(pieces(text, 500), 'file');
  const { form, chunks } = recording;
  if (isTraceForm(form)) {
    const none = () => {};
    const deaf = { update: none, offset: none, named: none, end: none };
    const reconstruction = createReconstruction(4096, deaf);
    const counts = createTraceCounts();
    for await (const _ of readTrace(chunks, form, 'file', 4096, counts, reconstruction));
    for (const _ of reconstruction.finish());
    return;
  }
  const source = recordedSource(readUpdates(recording, 'file'), machine, 'file', { mm: null });
  const columns = createUpdateColumns();
  // A record may stand for 2^40 pages, and 2^40 of the same.
  for (let batch = 0; batch < 100 && (batch === 0 || columns.length > 0); batch++) {
    await source.fill(columns);
  }
}

const LONGEST_MESSAGE = 1000;

/** What is wrong with the way in which an input ends; null where nothing is. */
async function faultOf(read: () => unknown, input: string): Promise<string | null> {
  const start = performance.now();
  try {
    await read();
  } catch (error) {
    if (!(error instanceof InputError))
      return error instanceof Error ? (error.stack ?? '') : 'threw';
    const { message } = error;
    if (message.length > LONGEST_MESSAGE) return `a message of ${message.length} characters`;
    if (wordOfAFault(message, input) !== undefined) return `says ${message}`;
  }
  const seconds = (performance.now() - start) / 1000;
  return seconds > 10 ? `takes ${seconds} s` : null;
}

describe.each(Object.entries(SEEDS))('mutations of %s', (form, seeds) => {
  it(`are read or refused: ${INPUTS}`, { timeout: 60_000 + INPUTS * 100 }, async () => {
    const texts = Object.values(SEEDS).flat();
    for (let seed = 1; seed <= INPUTS; seed++) {
      const draw = drawsOf(seed * 7919 + form.length);
      const other = draw(4) === 0 ? texts[draw(texts.length)]! : seeds[draw(seeds.length)]!;
      const text = mutated(seeds[draw(seeds.length)]!, other, draw);
      const read = () =>
        form === 'recorded kernel'
          ? judgeRun(parseKernelRun(text, 'file'), 'file')
          : seed % 8 === 0
            ? replay(text)
            : readThrough(text);
      const fault = await faultOf(read, text);
      if (fault !== null) expect.fail(`${fault}\nseed ${seed}, of ${JSON.stringify(text)}`);
    }
  });
});
