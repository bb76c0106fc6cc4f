/** From sizes to updates: docs/traces.md has the table that these rows follow. */
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../../../src/kernel/rss-stat.ts';
import { kindOfDelta } from '../../../../src/recorded/trace/change.ts';
import type { ReplayedEvent } from '../../../../src/recorded/trace/event.ts';
import { KIND } from '../../../../src/update/kinds.ts';
import { kindName } from '../../../../src/update/record.ts';
import { inShort, rssStats, stepsOf } from '../../../support/trace-steps.ts';

describe('the kind of a change', () => {
  it.each([
    [1, 'anon', true, 0, 'fault'],
    [1, 'file', true, 0, 'fault'],
    [1, 'shmem', true, 0, 'fault'],
    [16, 'file', true, 0, 'fault-around'],
    [7, 'shmem', true, 0, 'fault-around'],
    [512, 'file', true, 0, 'huge'],
    [512, 'anon', true, 0, 'huge'],
    [2, 'anon', true, 0, 'fault'],
    [3, 'anon', true, 0, 'fault'],
    [4, 'anon', true, 0, 'fault-around'],
    [63, 'anon', true, 0, 'fault'],
    [65, 'anon', true, 0, 'fault-around'],
    [-1, 'anon', true, 0, 'bulk'],
    [-512, 'anon', true, 0, 'bulk'],
    [-512, 'anon', true, 1, 'remote'],
    [-511, 'anon', true, 1, 'bulk'],
    [1, 'swap', true, 0, 'remote'],
    [-1, 'swap', true, 0, 'bulk'],
    [1, 'anon', false, 0, 'remote'],
    [-512, 'anon', false, 0, 'remote'],
  ] as const)('%i %s, own %s, %i huge pages: %s', (delta, member, curr, huge, kind) => {
    expect(kindName(kindOfDelta(delta, MEMBER[member], curr, huge, 4096))).toBe(kind);
  });

  it('follows the base page', () => {
    expect(kindOfDelta(8192, MEMBER.anon, true, 0, 65536)).toBe(KIND.huge);
    expect(kindOfDelta(512, MEMBER.anon, true, 0, 65536)).toBe(KIND.faultAround);
  });
});

describe('a process', () => {
  it('that ran before the trace begins with what it had, which belongs to no CPU', () => {
    const { steps, counts } = stepsOf(
      rssStats({ sizePages: 40 }, { sizePages: 41, cpu: 3 }, { sizePages: 5, member: 'file' }),
    );
    expect(inShort(steps)).toEqual([
      'offset anon +40',
      'fault anon +1 cpu 3',
      'offset file +5',
      'end',
    ]);
    expect(counts).toMatchObject({ processes: 1, startsUnknown: 2, zeroDeltas: 0 });
  });

  it('that has ended leaves its mm_id to a new one, which begins with nothing', () => {
    const { steps, counts } = stepsOf(
      rssStats(
        { sizePages: 2 },
        { sizePages: 0, curr: false },
        { sizePages: 3, curr: false, tid: 1 },
      ),
    );
    expect(inShort(steps)).toEqual([
      'offset anon +2',
      'remote anon -2 cpu 0',
      'end',
      'remote anon +3 cpu 0',
      'end',
    ]);
    expect(steps.map(({ life }) => life.ordinal)).toEqual([1, 1, 1, 1, 2, 2]);
    expect(counts).toMatchObject({ processes: 2, reusedMmIds: 1, startsUnknown: 1 });
  });

  it.each([
    ['a task runs on it', true, 0],
    ['another member has pages', false, 9],
  ])('has not ended while %s', (_, curr, swap) => {
    const { counts } = stepsOf(
      rssStats(
        { sizePages: 2 },
        { sizePages: swap, member: 'swap' },
        { sizePages: 0, curr },
        { sizePages: 1 },
      ),
    );
    expect(counts.processes).toBe(1);
  });

  it('has not ended where its anonymous pages were never told', () => {
    const { counts } = stepsOf(
      rssStats(
        { sizePages: 2, member: 'file' },
        { sizePages: 0, member: 'file', curr: false },
        { sizePages: 1, member: 'file' },
      ),
    );
    expect(counts.processes).toBe(1);
  });

  it('makes nothing of an event that changes nothing', () => {
    const { steps, counts } = stepsOf(
      rssStats({ sizePages: 2 }, { sizePages: 4 }, { sizePages: 4 }),
    );
    expect(inShort(steps)).toEqual(['offset anon +2', 'fault anon +2 cpu 0', 'end']);
    expect(counts.zeroDeltas).toBe(1);
  });

  it('knows its huge pages, and unmaps them as such', () => {
    const { steps, counts } = stepsOf(
      rssStats(
        { sizePages: 600 },
        { sizePages: 1112 },
        { sizePages: 600 },
        { sizePages: 88 },
        { sizePages: 89, curr: false },
      ),
    );
    expect(inShort(steps)).toEqual([
      'offset anon +600',
      'huge anon +512 cpu 0',
      'remote anon -512 cpu 0',
      'bulk anon -512 cpu 0',
      'remote anon +1 cpu 0',
      'end',
    ]);
    // The huge page's unmap is the process's own, though it passes the thread's cache by.
    expect(counts.remoteUpdates).toBe(1);
  });
});

describe('a page that moves between members', () => {
  const start = [
    { sizePages: 10 },
    { sizePages: 10, member: 'file' },
    { sizePages: 10, member: 'swap' },
  ] as const;
  const shortOf = (...events: Parameters<typeof rssStats>): string[] =>
    inShort(stepsOf(rssStats(...start, ...events)).steps).slice(3, -1);

  it('by copy-on-write is one update', () => {
    expect(shortOf({ sizePages: 9, member: 'file' }, { sizePages: 11 })).toEqual([
      'cow file +1 cpu 0',
    ]);
  });

  it('by swap-in is one update', () => {
    expect(shortOf({ sizePages: 11 }, { sizePages: 9, member: 'swap' })).toEqual([
      'swap-in swap +1 cpu 0',
    ]);
  });

  it.each([
    ['another task', { sizePages: 11, tid: 101 }, 0],
    ['another CPU', { sizePages: 11, cpu: 1 }, 1],
  ])('is two where the halves are of %s', (_, second, cpu) => {
    expect(shortOf({ sizePages: 9, member: 'file' }, second)).toEqual([
      'bulk file -1 cpu 0',
      `fault anon +1 cpu ${cpu}`,
    ]);
  });

  it('is two where something lies between', () => {
    expect(
      shortOf(
        { sizePages: 9, member: 'file' },
        { sizePages: 8, member: 'file' },
        { sizePages: 11 },
      ),
    ).toEqual(['bulk file -1 cpu 0', 'cow file +1 cpu 0']);
  });
});

describe('a task', () => {
  it('that ends leaves its process', () => {
    const [first] = rssStats({ sizePages: 1 });
    const { steps, counts } = stepsOf([
      first!,
      { name: 'task-exit', tid: 100, cpu: 0, line: 2 },
      { name: 'task-exit', tid: 100, cpu: 0, line: 3 },
    ]);
    expect(inShort(steps)).toEqual(['offset anon +1', 'exit 100', 'end']);
    expect(counts.threadExits).toBe(1);
  });

  it('that runs another mm leaves the one before, with what was held back in order', () => {
    const { steps } = stepsOf(
      rssStats(
        { sizePages: 1 },
        { sizePages: 2 },
        { sizePages: 5, mmId: 8 },
        { sizePages: 6, mmId: 8 },
      ),
    );
    expect(inShort(steps)).toEqual([
      'offset anon +1',
      'fault anon +1 cpu 0',
      'exit 100',
      'offset anon +5',
      'end',
      'fault anon +1 cpu 0',
      'end',
    ]);
  });

  it('that changes its name is told again', () => {
    const { steps } = stepsOf(
      rssStats(
        { sizePages: 1 },
        { sizePages: 2, comm: 'worker' },
        { sizePages: 3, comm: 'worker' },
      ),
    );
    expect(steps.flatMap((step) => (step.step === 'named' ? [step.comm] : []))).toEqual([
      'prog',
      'worker',
    ]);
  });
});

describe('a loss', () => {
  it('makes what every member has next the new start, and an mm_id nobody knows', () => {
    const [one, two, three, four, five] = rssStats(
      { sizePages: 2, mmId: 9 },
      { sizePages: 0, mmId: 9, curr: false },
      { sizePages: 10 },
      { sizePages: 25 },
      { sizePages: 4, mmId: 9, curr: false },
    );
    const { steps, counts } = stepsOf([
      one!,
      two!,
      three!,
      { name: 'loss', line: 0 },
      four!,
      five!,
    ]);
    expect(inShort(steps)).toEqual([
      'offset anon +2',
      'remote anon -2 cpu 0',
      'end',
      'offset anon +10',
      'offset anon +15',
      'offset anon +4',
      'end',
      'end',
    ]);
    expect(counts).toMatchObject({ takenUpAgain: 1, pagesUnseen: 15, reusedMmIds: 0 });
  });
});

describe('moments', () => {
  const turns = (cpu: number, tid: number): ReplayedEvent => ({
    name: 'switch',
    tid,
    cpu,
    line: 9,
  });
  const first = { sizePages: 1, mmId: 7, tid: 100 };
  const second = { sizePages: 1, mmId: 8, tid: 200 };
  const of = (...events: readonly ReplayedEvent[]) => inShort(stepsOf(events, 4096, true).steps);
  const [mine, other, mineAgain] = rssStats(first, second, { ...first, sizePages: 2 });
  const ends = ['end', 'end'];

  it('are not told where no scheme heeds them', () => {
    const events = [mine!, other!, turns(0, 100)];
    expect(inShort(stepsOf(events).steps).filter((step) => step.startsWith('mm'))).toEqual([]);
  });

  it("are a switch where another process's own update, or a task of it, follows on the CPU", () => {
    const offsets = ['offset anon +1', 'mm 7 leaves cpu 0', 'offset anon +1'];
    expect(of(mine!, other!)).toEqual([...offsets, ...ends]);
    expect(of(mine!, other!, turns(0, 100))).toEqual([...offsets, 'mm 8 leaves cpu 0', ...ends]);
  });

  it('are none where the CPU idles, runs an unknown task, or comes back to the process', () => {
    expect(of(mine!, turns(0, 0), turns(0, 555), mineAgain!)).toEqual([
      'offset anon +1',
      'fault anon +1 cpu 0',
      'end',
    ]);
  });

  it('are none of an update by another context', () => {
    const reclaimed = rssStats(first, { ...second, curr: false });
    expect(of(...reclaimed)).toEqual(['offset anon +1', 'offset anon +1', ...ends]);
  });

  it("are a thread's start where a task of the process made it", () => {
    const start = { name: 'thread-start', tid: 101, by: 100, cpu: 5, line: 2 } as const;
    expect(of(mine!, start)).toEqual(['offset anon +1', 'start 101', 'end']);
    expect(of(mine!, { ...start, by: 999 })).toEqual(['offset anon +1', 'end']);
  });
});
