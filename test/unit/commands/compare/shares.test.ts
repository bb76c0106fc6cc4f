import { describe, expect, it } from 'vitest';
import {
  type CompareRequest,
  compare,
  isWorthWorkers,
  joinedRuns,
  sharesOf,
} from '../../../../src/commands/compare/compare.ts';
import { runsOf } from '../../../../src/commands/compare/repeat.ts';
import { parseScheme } from '../../../../src/schemes/registry.ts';
import { PRESETS } from '../../../../src/workload/workload.ts';
import { flatMachine } from '../../../support/machines.ts';

const topology = flatMachine(16, 2);

function requestOf(operations: number, schemes: readonly string[]): CompareRequest {
  return {
    version: '0',
    topology,
    pageSize: 4096,
    preset: 'hop',
    workload: { ...PRESETS.hop, operations, seed: 1, cpus: topology.online },
    schemes: schemes.map(parseScheme),
  };
}

const five = ['per-thread', 'per-cpu', 'per-numa', 'tree', 'atomic'];

describe('shares of a comparison', () => {
  it('are whole runs where there are as many as workers', () => {
    const shares = sharesOf(runsOf(requestOf(4_000_000, five), 4), 4);
    expect(shares.map((run) => run.map(({ schemes }) => schemes.length))).toEqual([
      [5],
      [5],
      [5],
      [5],
    ]);
    expect(isWorthWorkers(shares)).toBe(true);
  });

  it('of one long run go by schemes, each scheme once', () => {
    const [shares = []] = sharesOf([requestOf(4_000_000, five)], 3);
    expect(shares.map(({ schemes }) => schemes.map(({ scheme }) => scheme))).toEqual([
      ['per-thread', 'tree'],
      ['per-cpu', 'atomic'],
      ['per-numa'],
    ]);
  });

  it('are not made of little work', () => {
    const shares = sharesOf([requestOf(1000, five)], 8);
    expect(shares.map((run) => run.length)).toEqual([1]);
    expect(isWorthWorkers(sharesOf(runsOf(requestOf(1000, five), 3), 8))).toBe(false);
  });

  it.each([1, 2, 3, 4, 5])('put together again are what each run finds: %i', async (count) => {
    const runs = runsOf(requestOf(3000, five), 2);
    const shares = runs.map((run) =>
      Array.from({ length: count }, (_, share) => ({
        ...run,
        schemes: run.schemes.filter((__, index) => index % count === share),
      })),
    );
    const find = (share: CompareRequest) => compare(share, () => undefined);
    const parts = await Promise.all(shares.flat().map(find));
    expect(joinedRuns(shares, parts)).toEqual(await Promise.all(runs.map(find)));
  });
});
