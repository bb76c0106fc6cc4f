/** Counts beyond the batch, because it shrank or a kernel's stood there; what adds then do. */
import { describe, expect, it } from 'vitest';
import { createSeenTally } from '../../../src/recorded/seen-updates.ts';
import { createPerCpuCounters } from '../../../src/schemes/per-cpu/counters.ts';
import {
  createCounters,
  formatScheme,
  parseScheme,
  schemeOf,
} from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { addsOfUpdate, createReference } from '../../support/reference.ts';
import { columnsOf, readingsOf, type Update } from '../../support/updates.ts';

// 17 CPUs have a batch of 34, 16 one of 32.
const machine = flatMachine(17);
const spec = parseScheme('per-cpu');

function readings(updates: readonly Update[]) {
  const counters = createCounters(machine, spec);
  const { after, inner } = readingsOf(counters, columnsOf(updates));
  const reference = createReference(machine, spec);
  for (const update of updates) for (const add of addsOfUpdate(update)) reference.add(add);
  return {
    last: after[updates.length - 1],
    adds: Array.from({ length: inner.length }, (_, i) =>
      Array.from(
        { length: inner.count[i]! },
        (__, k) => inner.add[i]! + k * Math.abs(inner.step[i]!),
      ),
    ).flat(),
    byStepping: Number(reference.reading(1)),
  };
}

describe('per-cpu:kernel', () => {
  it.each([
    ['per-cpu:kernel=6.2', true],
    ['per-cpu:kernel=6.5.13', true],
    ['per-cpu:kernel=6.6', false],
    ['per-cpu:kernel=7.3-rc2', false],
    ['per-cpu', false],
  ])('%s allocates each member alone: %s', (text, eachMember) => {
    const known = parseScheme(text);
    expect(schemeOf(known).allocations(known, 8, true, 2)).toEqual([
      { what: 'counters', from: 'perCpu', eachMember },
    ]);
    expect(formatScheme(known)).toBe(text);
  });

  it('is a release since 6.2', () => {
    expect(() => parseScheme('per-cpu:kernel=6.1.55')).toThrow('before 6.2 count per thread');
    expect(() => parseScheme('per-cpu:kernel=new')).toThrow('"new" is not a release from 6.2 on');
  });

  it('is in results where it is given alone', () => {
    expect(JSON.stringify(parseScheme('per-cpu'))).toBe('{"scheme":"per-cpu","batch":null}');
    expect(JSON.stringify(parseScheme('per-cpu:kernel=6.2'))).toContain('"kernel":"6.2"');
  });
});

describe('a stream in which CPUs come', () => {
  const traits = { boundsThreads: true, fitsInt: true };
  it.each([
    [['cpu-offline', 'cpu-online'], true],
    [['cpu-offline', 'cpu-offline', 'cpu-online'], true],
    [['cpu-online'], false],
    [['cpu-offline', 'cpu-online', 'cpu-online'], false],
  ] as const)('%j is bounded: %s', (kinds, withinOnline) => {
    const tally = createSeenTally();
    for (const [line, kind] of kinds.entries()) {
      tally.note({ kind, pages: 0 }, [], line);
    }
    expect(tally.seen().mostCame === 0).toBe(withinOnline);
    expect(schemeOf(spec).boundsStream(spec, { ...traits, withinOnline })).toBe(withinOnline);
  });
});

describe('a count of 32 or 33 when the batch shrinks from 34 to 32', () => {
  const shrunk = (held: number): Update[] => [
    { kind: KIND.fault, pages: held },
    { kind: KIND.cpuOffline, pages: 0, cpu: 16 },
  ];

  it('is handed over by an add of no pages', () => {
    const add = { kind: KIND.remote, pages: 0 };
    expect(readings([...shrunk(32), add])).toEqual({ last: 32, adds: [], byStepping: 32 });
  });

  it('comes back inside by a fault that takes a page, and flushes on the other side', () => {
    const run = { kind: KIND.fault, pages: -70 };
    expect(readings([...shrunk(32), run])).toEqual({ last: -32, adds: [64], byStepping: -32 });
  });

  it('stays inside where the run is short', () => {
    const run = { kind: KIND.fault, pages: -40 };
    expect(readings([...shrunk(32), run])).toEqual({ last: 0, adds: [], byStepping: 0 });
  });

  it('flushes at the next add where that is beyond the batch still', () => {
    const run = { kind: KIND.fault, pages: -40 };
    expect(readings([...shrunk(33), run])).toEqual({ last: 0, adds: [1, 33], byStepping: 0 });
  });
});

describe('a count beyond the batch that a kernel had', () => {
  it('is handed over by the next add to it, also after adds that fill another count each time', () => {
    const counters = createPerCpuCounters(
      { nrCpuIds: 2, online: Int32Array.of(0, 1) },
      { batch: null },
      { shared: [0, 0, 0, 0], local: [[], [0, 40], [], []] },
    );
    const fill: Update = { kind: KIND.bulk, pages: 32 };
    const columns = columnsOf([fill, fill, fill]);
    expect(Array.from(readingsOf(counters, columns).after)).toEqual([32, 64, 96]);
    const run = columnsOf([{ kind: KIND.fault, cpu: 1, pages: -20 }]);
    expect(Array.from(readingsOf(counters, run).after)).toEqual([96 + 39]);
  });
});
