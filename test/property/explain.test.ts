/** The truth lies in explain's intervals, whatever a process does; where they are said to be exact, at both ends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHOWN_SIZE } from '../../src/cli/values.ts';
import {
  differencesAcrossReads,
  differencesAtOnce,
  type Figure,
  type Interval,
  isExplicable,
  residentAtPeak,
  residentNow,
  type Surroundings,
  trueChange,
} from '../../src/commands/explain/interval.ts';
import { shownBy } from '../../src/commands/explain/shown.ts';
import { errorsOf, schemeOn } from '../../src/commands/explain/study.ts';
import { type KernelRelease, parseRelease } from '../../src/kernel/releases.ts';
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import { whoReads } from '../../src/kernel/tools.ts';
import { createCounters } from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { KIND } from '../../src/update/kinds.ts';
import { flatMachine } from '../support/machines.ts';
import { columnsOf, readingsAfterEach, readingsOf, type Update } from '../support/updates.ts';

const MEMBERS = [MEMBER.file, MEMBER.anon, MEMBER.shmem];
const THREADS = 3;

/** What a process does: more pages, or fewer of what it has, or a page copied from its file. */
const act = fc.record({
  what: fc.constantFrom('fault', 'around', 'unmap', 'reclaim', 'cow'),
  member: fc.constantFrom(...MEMBERS),
  thread: fc.nat(THREADS - 1),
  cpu: fc.nat(100),
  pages: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 400 })),
});

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

interface Moment {
  readonly truth: number;
  readonly sum: number;
}

/** Resident pages never below 0, member by member; the updates, and whether pages are about to go. */
function lifeOf(acts: readonly Act[], cpus: number) {
  const held = [0, 0, 0, 0];
  const updates: Update[] = [];
  const add = (update: Required<Update>) => {
    held[update.member]! += update.pages;
    updates.push(update);
  };
  for (const { what, member, thread, cpu: any, pages } of acts) {
    const cpu = any % cpus;
    const here = { thread, cpu, member };
    const gone = Math.min(pages, held[member]!);
    if (what === 'fault') add({ ...here, pages, kind: KIND.fault });
    else if (what === 'around' && member !== MEMBER.anon) {
      add({ ...here, pages: Math.min(pages, 16), kind: KIND.faultAround });
    } else if (what === 'cow' && held[MEMBER.file]! > 0) {
      add({ ...here, member: MEMBER.file, pages: -1, kind: KIND.fault });
      add({ ...here, member: MEMBER.anon, pages: 1, kind: KIND.eventless });
    } else if (gone > 0 && what === 'unmap') add({ ...here, pages: -gone, kind: KIND.bulk });
    else if (gone > 0 && what === 'reclaim') add({ ...here, pages: -gone, kind: KIND.remote });
  }
  return updates;
}

/** After each update: the truth, and the sum of clamped members. */
function momentsOf(
  updates: readonly Update[],
  kernel: KernelRelease,
  topology: Topology,
): Moment[] {
  const columns = columnsOf(updates);
  const readings = readingsOf(createCounters(topology, schemeOn(kernel, topology, 0)), columns);
  const members = MEMBERS.map((member) => readingsAfterEach(readings, columns, member));
  let truth = 0;
  return updates.map(({ pages }, u) => {
    truth += pages;
    return { truth, sum: members.reduce((sum, each) => sum + Math.max(0, each[u]!), 0) };
  });
}

function surroundingsOf(kernel: KernelRelease, topology: Topology): Surroundings {
  const { rss } = errorsOf(
    {
      ...{ version: '', topology, pageSize: 4096, kernel, kernelFrom: 'option' },
      ...{ threads: THREADS, used: topology.online, offlinedCpus: 0 },
      readings: [{ who: whoReads('VmRSS', '--reader'), shown: null, rounded: null }],
    },
    schemeOn(kernel, topology, 0),
  );
  return { error: rss, isStatusPrecise: kernel.text === '6.18.0' };
}

/** As top ("%.1f" of a float), htop (whole units, cut off) and a careful hand show pages of 4 KiB. */
function sizeAsShown(name: string, pages: number, unit: string) {
  const amount = (Math.fround(pages * 4) * 1024) / 1024 ** (1 + 'kmg'.indexOf(unit));
  const digits =
    name === 'htop'
      ? `${Math.floor((pages * 4096) / 1024 ** (1 + 'kmg'.indexOf(unit)))}`
      : amount.toFixed(name === 'top' ? 1 : 3);
  return SHOWN_SIZE.parse(
    `${digits}${name === 'htop' && unit === 'k' ? '.0' : ''}${unit}`,
    '--value',
  );
}

const expectInside = (truth: number, { low, high }: Interval) => {
  expect(truth).toBeGreaterThanOrEqual(low);
  expect(truth).toBeLessThanOrEqual(high);
};

const cases = fc.record({
  kernel: fc.constantFrom('6.1.100', '6.6.1', '6.18.0').map((text) => parseRelease(text)!),
  topology: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(40)).map((n) => flatMachine(n)),
  acts: fc.array(act, { minLength: 1, maxLength: 120 }),
});

/** hiwater_rss: the sum before pages go, and at the end of it all what the reader takes itself. */
function markOf(moments: readonly Moment[]): number {
  return moments.reduce((mark, { truth }, u) => {
    const before = moments[u - 1];
    return before !== undefined && truth < before.truth ? Math.max(mark, before.sum) : mark;
  }, 0);
}

describe('what a figure may stand for', () => {
  it('has the truth within, of sums, marks, differences and changes', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ kernel, topology, acts }, at) => {
        const moments = momentsOf(lifeOf(acts, topology.online.length), kernel, topology);
        if (moments.length === 0) return;
        const surroundings = surroundingsOf(kernel, topology);
        const { truth, sum } = moments.at(-1)!;
        const figure: Figure = { basis: 'sum', shown: sum, rounded: null };
        const precise: Figure = { basis: 'truth', shown: truth, rounded: null };
        expectInside(truth, residentNow(figure, surroundings)!);
        const now = surroundings.isStatusPrecise ? truth : sum;
        const mark: Figure = {
          basis: 'mark',
          shown: Math.max(markOf(moments), now),
          rounded: null,
        };
        const high: Figure = {
          basis: 'inherited',
          shown: Math.max(markOf(moments), sum),
          rounded: null,
        };
        const peak = Math.max(...moments.map((moment) => moment.truth));
        for (const each of [mark, high]) {
          expectInside(peak, residentAtPeak(each, surroundings)!);
          expectInside(truth, residentNow(each, surroundings)!);
        }
        const figures = [figure, precise, mark, high];
        for (const one of figures) {
          for (const other of figures) {
            const limits = differencesAtOnce(one, other, surroundings);
            expect(isExplicable(one.shown - other.shown, limits)).toBe(true);
          }
        }
        const earlier = moments[at % moments.length]!;
        const before = residentNow(
          { basis: 'sum', shown: earlier.sum, rounded: null },
          surroundings,
        )!;
        const change = trueChange(before, residentNow(figure, surroundings)!);
        expectInside(truth - earlier.truth, change);
        // An earlier precise figure against the mark of now.
        const first: Figure = { basis: 'truth', shown: earlier.truth, rounded: null };
        const limits = differencesAcrossReads(mark, first, surroundings);
        expect(isExplicable(mark.shown - first.shown, limits)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is explicable, with the truth within, also of figures that tools have rounded', () => {
    const surroundings = surroundingsOf(parseRelease('6.6.1')!, flatMachine(4));
    const { under, over } = surroundings.error;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('top', 'htop', 'java'),
        fc.constantFrom('k', 'm', 'g'),
        (truth, share, name, unit) => {
          const low = Math.max(0, truth - under);
          const sum = low + Math.round(share * (truth + over - low));
          const told = (pages: number) => {
            const who = whoReads(name, '--reader');
            const { shown, rounded } = shownBy(who, '', sizeAsShown(name, pages, unit), 4096);
            return { shown, rounded };
          };
          const rough: Figure = { basis: 'sum', ...told(sum) };
          const exact: Figure = { basis: 'truth', shown: truth, rounded: null };
          const precise: Figure = { basis: 'truth', ...told(truth) };
          expectInside(sum, rough.rounded!);
          expectInside(rough.shown, rough.rounded!);
          expectInside(truth, residentNow(rough, surroundings)!);
          expectInside(truth, residentNow(precise, surroundings)!);
          for (const one of [rough, exact, precise]) {
            for (const other of [rough, exact, precise]) {
              const limits = differencesAtOnce(one, other, surroundings);
              expect(isExplicable(one.shown - other.shown, limits)).toBe(true);
            }
          }
        },
      ),
    );
  });

  it.each([
    ['top', '1.2g', 301_466, 327_680],
    ['htop', '1234M', 315_904, 316_159],
    ['VmRSS', '1.2GiB', 301_466, 340_787],
    ['top', '0.0g', 0, 13_107],
  ])('is of these pages where %s shows %s', (name, text, low, high) => {
    const size = SHOWN_SIZE.parse(text, '--value');
    expect(shownBy(whoReads(name, ''), '--value', size, 4096).rounded).toMatchObject({ low, high });
  });

  it.each(['44032 kB', '44,032kB', '11008', '45088768B', '11,008 pages'])(
    'is exact of %s',
    (text) => {
      const size = SHOWN_SIZE.parse(text, '--value');
      const shown = { shown: 11_008, rounded: null };
      expect(shownBy(whoReads('ps', ''), '--value', size, 4096)).toEqual(shown);
    },
  );

  it('is attained at both ends by per-CPU counters, and in between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (cpus) => {
        const kernel = parseRelease('6.6.1')!;
        const topology = flatMachine(cpus);
        const surroundings = surroundingsOf(kernel, topology);
        const { under } = surroundings.error;
        const each = under / 3 / cpus;
        const all = MEMBERS.flatMap((member) =>
          Array.from({ length: cpus }, (_, cpu) => ({ thread: 0, cpu, member })),
        );
        // As large as any batch here: it goes to the shared value at once.
        const base = MEMBERS.map(
          (member): Update => ({ pages: 10_000, kind: KIND.remote, cpu: 0, member }),
        );
        const low = all.map((where): Update => ({ ...where, pages: -each, kind: KIND.remote }));
        const high = all.map((where): Update => ({ ...where, pages: each, kind: KIND.remote }));
        for (const [updates, end] of [
          [low, 'low'],
          [high, 'high'],
        ] as const) {
          const { truth, sum } = momentsOf([...base, ...updates], kernel, topology).at(-1)!;
          const interval = residentNow({ basis: 'sum', shown: sum, rounded: null }, surroundings)!;
          expect(truth).toBe(interval[end]);
        }
        // A clamped 0 hides the whole bound.
        const hidden = momentsOf(high, kernel, topology).at(-1)!;
        expect(hidden).toEqual({ truth: under, sum: 0 });
        expect(residentNow({ basis: 'sum', shown: 0, rounded: null }, surroundings)).toEqual({
          low: 0,
          high: under,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is that of the batch of before where CPUs went off-line: 24 of 32 left held 1,497 pages', () => {
    const kernel = parseRelease('6.12.117')!;
    const topology = flatMachine(32);
    const left = flatMachine(24);
    const fill = Array.from(
      { length: 32 },
      (_, cpu): Update => ({
        ...{ cpu, pages: 63, kind: KIND.remote, member: MEMBER.anon },
      }),
    );
    const off = Array.from(
      { length: 8 },
      (_, i): Update => ({
        ...{ cpu: 31 - i, pages: 0, kind: KIND.cpuOffline, member: MEMBER.anon },
      }),
    );
    const { truth, sum } = momentsOf([...fill, ...off], kernel, topology).at(-1)!;
    expect(truth - sum).toBe(24 * 63);
    const figure = { who: whoReads('RssAnon', '--reader'), shown: sum, rounded: null };
    const bound = (offlinedCpus: number) =>
      errorsOf(
        {
          ...{ version: '', topology: left, pageSize: 4096, kernel, kernelFrom: 'option' },
          ...{ threads: null, used: left.online, offlinedCpus, readings: [figure] },
        },
        schemeOn(kernel, left, offlinedCpus),
      ).rss.under;
    expect(bound(8)).toBe(truth - sum);
    expect(bound(0)).toBe(24 * 47);
    expect(bound(0)).toBeLessThan(1497);
  });

  it('is attained at both ends by threads, above through a clamped member alone', () => {
    const kernel = parseRelease('6.1.100')!;
    const topology = flatMachine(2);
    const surroundings = surroundingsOf(kernel, topology);
    expect(surroundings.error).toEqual({ under: 66 * 16 * THREADS, over: 66 * THREADS });
    const threads = Array.from({ length: THREADS }, (_, thread) => thread);
    const around = threads.flatMap((thread): Update[] =>
      // 66 faults around: 65 more than the one that syncs, and itself.
      Array.from({ length: 66 + 65 }, () => ({
        ...{ thread, cpu: 0, member: MEMBER.file, pages: 16, kind: KIND.faultAround },
      })),
    );
    const under = momentsOf(around, kernel, topology).map(({ truth, sum }) => truth - sum);
    expect(Math.max(...under)).toBe(surroundings.error.under);
    const file: Update = { pages: 10_000, kind: KIND.remote, member: MEMBER.file };
    const cow = threads.flatMap((thread) =>
      Array.from({ length: 66 + 65 }, (): Update[] => [
        { thread, pages: -1, kind: KIND.fault, member: MEMBER.file },
        { thread, pages: 1, kind: KIND.eventless, member: MEMBER.anon },
      ]).flat(),
    );
    // Another context takes the copies away: anon's own count goes below 0, and shows as 0.
    const copies = threads.length * (66 + 65);
    const gone: Update = { pages: -copies, kind: KIND.remote, member: MEMBER.anon };
    const over = momentsOf([file, ...cow, gone], kernel, topology).at(-1)!;
    expect(over.sum - over.truth).toBe(surroundings.error.over);
  });
});
