/** Closed forms of settled counters against every reachable state of small machines. */
import { describe, expect, it } from 'vitest';
import { verify } from '../../../../src/commands/witness/verify/verify.ts';
import { flatMachine } from '../../../support/machines.ts';
import { ENDLESS, verifyRequest } from '../../../support/verification.ts';

async function settled(...request: Parameters<typeof verifyRequest>) {
  const { checks } = await verify(verifyRequest(...request), ENDLESS);
  expect(checks).toHaveLength(1);
  return checks[0]!;
}

const TREES: [string, number, number][] = [
  ['tree:batch=2', 2, 4],
  ['tree:batch=2', 3, 32],
  ['tree:batch=2', 4, 64],
  ['tree:batch=2', 5, 2 ** 11],
  ['tree:batch=2', 6, 2 ** 12],
  ['tree:batch=2', 7, 2 ** 13],
  ['tree:batch=2', 8, 2 ** 14],
  ['tree:batch=2', 9, 2 ** 19],
  ['tree:batch=4', 2, 16],
  ['tree:batch=4', 3, 256],
  ['tree:batch=4', 4, 2 ** 10],
  ['tree:batch=4', 5, 2 ** 16],
  ['tree:batch=4', 6, 2 ** 18],
  ['tree', 2, 2 ** 10],
  ['tree', 3, 2 ** 17],
  ['tree:batch=2,version=2', 8, 2 ** 14],
  ['tree:batch=2,version=17', 8, 2 ** 14],
  ['tree:batch=2,arity=8x2', 6, 2 ** 12],
  ['tree:batch=4,mapping=logical', 5, 2 ** 15],
];

describe('every settled state of the tree', () => {
  it.each(TREES)('%s on %i CPUs', async (scheme, cpus, states) => {
    const check = await settled(flatMachine(cpus), scheme);
    expect(check).toMatchObject({ verdict: 'exhaustive', states, transitions: 2 * cpus * states });
    expect(check.found).toEqual(check.exact);
    expect(check.witness).toEqual({ under: check.exact.under, over: null });
    expect(check.found.over).toBe(0);
  });

  it.each([[[0]], [[1, 3]], [[0, 4, 8]], [[3, 7, 11, 15]], [[2, 5, 9, 14]]])(
    'of CPUs %j of 16',
    async (cpus) => {
      const check = await settled(flatMachine(16), 'tree:batch=2', { cpus: Int32Array.from(cpus) });
      expect(check.verdict).toBe('exhaustive');
      expect(check.found).toEqual(check.exact);
    },
  );

  it('is one on one CPU', async () => {
    const check = await settled(flatMachine(1), 'tree');
    expect(check).toMatchObject({ verdict: 'exhaustive', states: 1, found: { under: 0, over: 0 } });
  });
});

describe('every settled state of', () => {
  it.each([
    ['per-cpu:batch=2', 6, 3 ** 6, 6],
    ['per-cpu:batch=4', 4, 7 ** 4, 12],
    ['per-cpu:batch=1', 3, 1, 0],
    ['per-cpu', 3, 63 ** 3, 93],
    ['per-numa', 4, 63 ** 2, 62],
    ['per-numa:batch=5', 6, 9 ** 2, 8],
    ['atomic', 4, 1, 0],
  ])('%s on %i CPUs, two nodes', async (scheme, cpus, states, pages) => {
    const check = await settled(flatMachine(cpus, 2), scheme);
    expect(check).toMatchObject({ verdict: 'exhaustive', states });
    expect(check.found).toEqual({ under: pages, over: pages });
  });

  it('two threads: 66 pages each, never over', async () => {
    const check = await settled(flatMachine(2), 'per-thread', { threads: 2 });
    expect(check).toMatchObject({ verdict: 'exhaustive', found: { under: 132, over: 0 } });
    expect(check.witness).toEqual({ under: 132, over: null });
  });
});
