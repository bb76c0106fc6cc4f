/** Adversaries on machines too large to enumerate reach the closed form by themselves. */
import { describe, expect, it } from 'vitest';
import { verify } from '../../../../src/commands/witness/verify/verify.ts';
import { loadBundled } from '../../../../src/topology/bundled.ts';
import { ENDLESS, verifyRequest } from '../../../support/verification.ts';

async function settled(machine: string, scheme: string, seed = 1) {
  const request = verifyRequest(loadBundled(machine), scheme, { threads: 5, seed });
  return (await verify(request, ENDLESS)).checks[0]!;
}

describe('the adversaries', () => {
  it.each([
    ['250cpu', 'tree:batch=2,version=17', 1146, 0],
    ['250cpu', 'tree:mapping=logical', 22_086, 0],
    ['250cpu', 'per-cpu', 124_750, 124_750],
    ['250cpu', 'per-thread', 330, 0],
    ['sgi-uv3000', 'per-numa', 992, 992],
    ['8192cpu', 'tree', 1_138_688, 0],
  ])('on %s, %s: %i under, %i over', async (machine, scheme, under, over) => {
    expect(await settled(machine, scheme)).toMatchObject({
      exact: { under, over },
      found: { under, over },
      verdict: 'attained',
      states: null,
    });
  });

  it('on 250cpu, tree: the same for the same seed, and something else for another', async () => {
    const first = await settled('250cpu', 'tree');
    expect(first).toMatchObject({
      exact: { under: 22_086, over: 0 },
      found: { under: 22_086, over: 0 },
      verdict: 'attained',
      states: null,
    });
    expect(await settled('250cpu', 'tree')).toEqual(first);
    expect((await settled('250cpu', 'tree', 2)).transitions).not.toBe(first.transitions);
  });
});
