/** Runs recorded on real kernels: what is read of them, and every fault with its place and its rule. */
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../../../src/kernel/rss-stat.ts';
import { parseKernelRun } from '../../../../src/recorded/kernel-run/read-kernel-run.ts';

const perCpu = {
  kernel: '6.12',
  release: '6.12.95',
  nr_cpus: 2,
  threads: 1,
  mode: 'hop',
  page_size: 4096,
  scheme: 'percpu_counter',
  percpu_batch: 32,
  task_rss_events_thresh: null,
  moved_counter: 'MM_ANONPAGES',
  events: { thread: [0, 0], cpu: [0, 1], delta: [40, -3] },
  samples: [
    { step: 0, approx_pages: 5, precise_pages: 9, own_pages: 0 },
    { step: 2, approx_pages: 37, precise_pages: 46, own_pages: 37, rss_anon_approx_pages: 32 },
  ],
  raw_counter_snapshots: [
    {
      step: 0,
      anon_count: 0,
      file_count: 0,
      shmem_count: 5,
      anon_percpu: [3, 0],
      file_percpu_nonzero: { 1: 1 },
    },
  ],
};

const perThread = {
  ...perCpu,
  kernel: '6.1',
  scheme: 'split_rss_per_thread',
  percpu_batch: null,
  task_rss_events_thresh: 64,
  raw_counter_snapshots: [
    {
      step: 0,
      anon_count: 0,
      file_count: 0,
      shmem_count: 5,
      thread_events: [7],
      thread_cached_anon: [4],
    },
  ],
};

const parse = (document: unknown) => parseKernelRun(JSON.stringify(document), 'run.json');
const snapshot = perCpu.raw_counter_snapshots[0]!;
const [first, second] = perCpu.samples;

describe('a recorded run', () => {
  it('is read with its events, readings and raw counters; what is not recorded is null', () => {
    const run = parse({ ...perCpu, notes: new Array(2000).fill('other keys are passed over') });
    expect(run).toMatchObject({
      kernel: '6.12',
      scheme: 'per-cpu',
      cpus: 2,
      constant: 32,
      member: MEMBER.anon,
      events: perCpu.events,
    });
    expect(run.readings[1]).toEqual({
      step: 2,
      approximate: 37,
      precise: 46,
      shared: [null, 32, null, null],
      cachedAnon: null,
    });
    expect(run.snapshots[0]).toEqual({
      step: 0,
      shared: [0, 0, null, 5],
      held: [[0, 1], [3, 0], null, null],
      events: null,
    });
  });

  it('of a kernel before 6.2 has what each thread holds', () => {
    expect(parse(perThread)).toMatchObject({
      scheme: 'per-thread',
      constant: 64,
      snapshots: [{ held: [null, [4], null, null], events: [7] }],
    });
  });

  it('has −1 where the recorder had no value', () => {
    const samples = [first, { ...second, rss_anon_approx_pages: -1 }];
    expect(parse({ ...perCpu, samples }).readings[1]?.shared).toEqual([null, null, null, null]);
  });

  it.each<[string, unknown, string]>([
    ['no object', 7, '$ is 7: expected a run recorded on a real kernel: a JSON object'],
    [
      'a mode not known',
      { ...perCpu, mode: 'leap' },
      'mode is "leap": expected one of hop, advup, advdown, advthr, faround, thp',
    ],
    [
      'no CPUs',
      { ...perCpu, nr_cpus: undefined },
      'nr_cpus is missing: expected a whole number from 1 to 1048576',
    ],
    [
      'half a page',
      { ...perCpu, events: { ...perCpu.events, delta: [40.5, 1] } },
      'events.delta[0] is 40.5: expected a whole number from -2147483648 to 2147483648',
    ],
    [
      'an event without pages',
      { ...perCpu, events: { ...perCpu.events, delta: [40, 0] } },
      'events.delta[1] is 0: expected pages that come or go',
    ],
    [
      'a CPU too high',
      { ...perCpu, events: { ...perCpu.events, cpu: [0, 2] } },
      'events.cpu[1] is 2: expected a CPU of the run, 0 to 1',
    ],
    [
      'a thread too high',
      { ...perCpu, events: { ...perCpu.events, thread: [0, 1] } },
      'events.thread[1] is 1: expected a thread of the run, 0 to 0',
    ],
    [
      'lists of unequal length',
      { ...perCpu, events: { ...perCpu.events, cpu: [0] } },
      'events has 2 threads, 1 cpus and 2 deltas: expected as many of each',
    ],
    [
      'a step beyond the events',
      { ...perCpu, samples: [first, { ...second, step: 3 }] },
      'samples[1].step is 3: the run has 2 events',
    ],
    [
      'steps out of order',
      { ...perCpu, samples: [second, first] },
      'samples[1].step is 0: expected 2 or more, steps are in order',
    ],
    [
      'another sum',
      { ...perCpu, samples: [first, { ...second, own_pages: 36 }] },
      'samples[1].own_pages is 36: the first 2 events come to 37',
    ],
    [
      'no snapshot',
      { ...perCpu, raw_counter_snapshots: [] },
      'raw_counter_snapshots[0].step is missing: expected the state at step 0, where a replay begins',
    ],
    [
      'no snapshot of the start',
      { ...perCpu, raw_counter_snapshots: [{ ...snapshot, step: 1 }] },
      'raw_counter_snapshots[0].step is 1: expected 0, the state that a replay begins in',
    ],
    [
      'a count too few',
      { ...perCpu, raw_counter_snapshots: [{ ...snapshot, anon_percpu: [3] }] },
      'raw_counter_snapshots[0].anon_percpu has length 1: expected a number for each of 2 CPUs',
    ],
    [
      'no counts',
      { ...perCpu, raw_counter_snapshots: [{ ...snapshot, anon_percpu: undefined }] },
      'raw_counter_snapshots[0].anon_percpu is missing: expected what each CPU holds',
    ],
    [
      'a count of no CPU',
      { ...perCpu, raw_counter_snapshots: [{ ...snapshot, file_percpu_nonzero: { 2: 1 } }] },
      'raw_counter_snapshots[0].file_percpu_nonzero.2 is no CPU of the run: expected 0 to 1',
    ],
    [
      'nothing of the member that moves',
      { ...perCpu, moved_counter: 'MM_SHMEMPAGES' },
      'raw_counter_snapshots[0].shmem_percpu_nonzero is missing: expected what each CPU holds of MM_SHMEMPAGES',
    ],
    [
      'no event counters',
      { ...perThread, raw_counter_snapshots: [{ ...snapshot }] },
      "raw_counter_snapshots[0].thread_events is missing: expected each thread's event counter",
    ],
    [
      'no batch',
      { ...perCpu, percpu_batch: null },
      "percpu_batch is null: expected the kernel's, as percpu_counter has one",
    ],
  ])('is refused with %s', (_, document, message) => {
    expect(() => parse(document)).toThrow(`run.json: ${message}`);
  });

  it('is refused where it is no JSON, by line and column', () => {
    expect(() => parseKernelRun('{"kernel":', 'run.json')).toThrow(
      'run.json: malformed JSON at line 1, column 11: value expected',
    );
  });
});
