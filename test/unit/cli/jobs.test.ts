/** Pieces that the program does itself: their order, and what is told of them together. */
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../src/cli/jobs.ts';
import { type CompareRequest, compare } from '../../../src/commands/compare/compare.ts';
import type { Heartbeat } from '../../../src/replay/replay.ts';
import { PRESETS } from '../../../src/workload/workload.ts';
import { flatMachine } from '../../support/machines.ts';

const topology = flatMachine(4, 1);

const pieces = [9000, 500, 20_000].map(
  (operations): CompareRequest => ({
    version: '0',
    topology,
    pageSize: 4096,
    preset: 'hop',
    workload: { ...PRESETS.hop, operations, seed: 1, cpus: topology.online },
    schemes: [{ scheme: 'atomic' }],
  }),
);

const partsWith = (heartbeat: Heartbeat) =>
  partsOf({ name: 'compare', work: compare }, pieces, {
    workers: 1,
    heartbeat,
    signal: new AbortController().signal,
  });

describe('pieces one after the other', () => {
  it('become parts in their order', async () => {
    const parts = await partsWith(() => undefined);
    expect(parts.map(({ operations }) => operations)).toEqual([9000, 500, 20_000]);
  });

  it('are told as one piece of work', async () => {
    const told: number[] = [];
    await partsWith((done) => {
      told.push(done);
      return undefined;
    });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(29_500);
  });

  it('end where the heartbeat ends them', async () => {
    const enough = partsWith((done) =>
      done > 9000 ? Promise.reject(new Error('enough')) : undefined,
    );
    await expect(enough).rejects.toThrow('enough');
  });
});
