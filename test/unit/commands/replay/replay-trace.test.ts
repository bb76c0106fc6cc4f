/** Processes of a trace through the schemes: offsets, names that come late, threads, long lists. */
import { describe, expect, it } from 'vitest';
import { MOST_LISTED } from '../../../../src/commands/replay/process-totals.ts';
import { replayRecorded } from '../../../../src/commands/replay/replay.ts';
import type { ReplayRequest } from '../../../../src/commands/replay/request.ts';
import {
  formatRssStat,
  formatTaskExit,
  type WrittenRssStat,
} from '../../../../src/recorded/trace/write-trace.ts';
import { parseScheme } from '../../../../src/schemes/registry.ts';
import { flatMachine } from '../../../support/machines.ts';
import { pieces } from '../../../support/trace-steps.ts';

const task = { time: '1.000000', cpu: 0, tid: 10, tgid: null, comm: 'prog' };

function stat(changes: Partial<WrittenRssStat>): string {
  const event = { ...task, mmId: 1, curr: true, member: 'anon', sizePages: 0, ...changes } as const;
  return formatRssStat(event, 'perf', 4096);
}

const ALONE = {
  workers: 1,
  heartbeat: () => undefined,
  signal: new AbortController().signal,
};

function replay(text: string, schemes: string[], comm: string | null = null) {
  const request: ReplayRequest = {
    version: '0',
    topology: flatMachine(4, 1),
    pageSize: 4096,
    schemes: schemes.map(parseScheme),
    name: 'file',
    text: pieces(text, 10_000),
    mm: null,
    trace: { sizeIs: 'precise', comm, life: null, spread: null },
  };
  return replayRecorded(request, ALONE);
}

describe('an offset', () => {
  it('is in the truth and in every reading, clamped or not, and no error', async () => {
    const text = stat({ sizePages: 1000 }) + stat({ sizePages: 990 });
    const { schemes, rssPages } = await replay(text, ['per-cpu', 'tree', 'per-thread']);
    expect(rssPages).toBe(990);
    // Ten pages fewer: per-CPU counters hold them back, the tree's floor takes a whole carry.
    const [perCpu, tree, perThread] = schemes.map(({ observed }) => observed.clamped);
    expect(perCpu).toMatchObject({ under: 0, over: 10 });
    expect(tree?.over).toBe(0);
    expect(tree?.under).toBeGreaterThan(0);
    expect(perThread).toMatchObject({ under: 0, over: 0 });
  });

  it('that takes pages away leaves a reading below zero to be clamped', async () => {
    const on = (cpu: number, sizePages: number) => stat({ cpu, sizePages });
    // 80 pages go unseen: the counter holds 100 pages, the process 21. CPUs 1 and 2 hold back the 20
    // that come; of the 32 that then go at once the counter has 21.
    const text = [
      ...[stat({ sizePages: 1 }), on(0, 101)],
      'PERF_RECORD_LOST lost 5\n',
      ...[on(0, 21), on(1, 31), on(2, 41), on(0, 9)],
    ].join('');
    const { schemes } = await replay(text, ['per-cpu:batch=32', 'atomic']);
    const [perCpu, exact] = schemes.map(({ observed }) => observed);
    expect(perCpu?.raw.mean).toBe((0 - 10 - 20 - 20) / 4);
    expect(perCpu?.clamped.mean).toBe((0 - 10 - 20 - 9) / 4);
    expect(exact?.clamped).toMatchObject({ under: 0, over: 0 });
  });
});

describe('a thread that ends', () => {
  it('leaves nothing in its cache', async () => {
    const grow = [1, 2, 3, 4].map((sizePages) => stat({ sizePages })).join('');
    const other = stat({ sizePages: 5, tid: 11 });
    const raw = async (text: string) =>
      (await replay(text, ['per-thread'])).schemes[0]!.observed.raw;
    // Three pages of the first thread, and one of the second.
    expect((await raw(grow + other)).under).toBe(4);
    expect((await raw(grow + formatTaskExit(task, 'perf') + other)).under).toBe(3);
  });
});

describe('a process that is named late', () => {
  const grow = (updates: number) =>
    Array.from({ length: updates + 1 }, (_, i) => stat({ sizePages: i + 1 })).join('');
  const named = (sizePages: number) => stat({ sizePages, tid: 11, comm: 'late' });

  it('is replayed from its first event on', async () => {
    const text = grow(4000) + named(4002) + named(4003);
    const { operations, rssPages, trace } = await replay(text, ['atomic'], 'late');
    expect({ operations, rssPages }).toEqual({ operations: 4002, rssPages: 4003 });
    expect(trace?.updatesBeforeNamed).toBe(0);
  });

  it('too late for that begins with what it had', async () => {
    const text = grow(6000) + named(6002);
    const { operations, rssPages, trace } = await replay(text, ['atomic'], 'late');
    expect(rssPages).toBe(6002);
    expect(operations + trace!.updatesBeforeNamed).toBe(6001);
    expect(trace!.updatesBeforeNamed).toBeGreaterThan(4000);
  });
});

describe('very many processes', () => {
  it('are all replayed; those that were off most are listed, in the order of the trace', async () => {
    const lives = 2 * MOST_LISTED + 10;
    const text = Array.from({ length: lives }, (_, i) => {
      const mmId = i + 1;
      // Every third one is off by a page more.
      const most = i % 3 === 0 ? 3 : 2;
      return (
        stat({ mmId, sizePages: 1 }) +
        stat({ mmId, sizePages: most }) +
        stat({ mmId, sizePages: 0, curr: false })
      );
    }).join('');
    const { trace, processes } = await replay(text, ['per-cpu']);
    expect(trace).toMatchObject({
      processesReplayed: lives,
      processesNotListed: lives - MOST_LISTED,
    });
    expect(processes?.length).toBe(MOST_LISTED);
    const ids = processes!.map(({ mm }) => mm);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    const worst = processes!.filter(({ mm }) => (mm - 1) % 3 === 0).length;
    expect(worst).toBe(Math.ceil(lives / 3));
  });
});
