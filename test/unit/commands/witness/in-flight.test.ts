/** In-flight forms against every state of small trees, and every interleaving of small bursts. */
import { describe, expect, it } from 'vitest';
import { verify } from '../../../../src/commands/witness/verify/verify.ts';
import { flatMachine } from '../../../support/machines.ts';
import { ENDLESS, verifyRequest } from '../../../support/verification.ts';

async function verified(
  scheme: string,
  cpus: number,
  updates: number,
  pages: number,
  nodes = 1,
  used?: number[],
) {
  const machine = flatMachine(cpus, nodes);
  const inFlight = { updates, pages };
  const chosen = used === undefined ? {} : { cpus: Int32Array.from(used) };
  return verify(verifyRequest(machine, scheme, { threads: 1, inFlight, ...chosen }), ENDLESS);
}

describe('every state of a tree with updates in flight', () => {
  it.each([
    ['tree:batch=2', 2, 1, 1],
    ['tree:batch=2', 2, 2, 1],
    ['tree:batch=2', 3, 2, 1],
    ['tree:batch=2', 4, 2, 1],
    ['tree:batch=2', 5, 2, 1],
    ['tree:batch=2', 4, 3, 1],
    ['tree:batch=2', 4, 2, 3],
    ['tree:batch=4', 4, 2, 5],
    ['tree:batch=4,mapping=logical', 4, 2, 1],
    ['tree:batch=2,arity=4x2', 8, 2, 1],
  ])('%s, %i CPUs, %i at once of %i pages', async (scheme, cpus, updates, pages) => {
    const { checks } = await verified(scheme, cpus, updates, pages);
    const running = checks.find(({ check }) => check === 'running')!;
    expect(running.verdict).toBe('exhaustive');
    expect(running.found).toEqual(running.exact);
    expect(running.witness).toEqual(running.exact);
  });

  it('reads high by what is held, and only then', async () => {
    const { checks } = await verified('tree:batch=2', 4, 3, 1, 1, [1, 3]);
    expect(checks.map(({ check, found }) => [check, found.over])).toEqual([
      ['settled', 0],
      ['running', 9],
    ]);
  });

  it('too large to enumerate: the worst schedule attains, random ones do not pass', async () => {
    const { checks } = await verified('tree', 250, 2, 1);
    expect(checks[1]).toMatchObject({
      exact: { under: 24_135, over: 2049 },
      witness: { under: 24_135, over: 2049 },
      verdict: 'attained',
      states: null,
    });
  });

  it('is that of updates larger than the top batch too', async () => {
    const { checks } = await verified('tree', 64, 3, 8192);
    expect(checks[1]!.witness).toEqual(checks[1]!.exact);
  });
});

describe('every interleaving of a burst', () => {
  it.each([
    ['per-numa', 1, 1],
    ['per-numa', 2, 1],
    ['per-numa', 3, 1],
    ['per-numa:batch=4', 3, 2],
    ['per-numa:batch=2', 2, 5],
    ['per-numa:batch=3', 4, 1],
  ])('on %s: %i updates of %i pages', async (scheme, updates, pages) => {
    const { checks } = await verified(scheme, 4, updates, pages, 2);
    expect(checks.map(({ check }) => check)).toEqual(['settled', 'burst', 'after-burst']);
    for (const check of checks) {
      expect(check.verdict).toBe('exhaustive');
      expect(check.found).toEqual(check.exact);
      expect(check.witness).toEqual(check.exact);
    }
  });

  it('can be followed by one that goes further, for two updates and more', async () => {
    expect((await verified('per-numa', 4, 1, 1)).bursts).toEqual([31, 31, 31, 31]);
    expect((await verified('per-numa', 4, 2, 1)).bursts).toEqual([32, 33, 34, 35]);
    const { bursts } = await verified('per-numa:batch=4', 4, 3, 2);
    expect(bursts).toEqual([...bursts!].sort((a, b) => a - b));
    expect(new Set(bursts).size).toBe(4);
  });
});

describe('updates in flight of counters that one CPU or thread alone touches', () => {
  it.each(['per-cpu:batch=2', 'per-thread', 'atomic'])('add nothing: %s', async (scheme) => {
    const [settled, running] = (await verified(scheme, 2, 2, 1)).checks;
    expect(running).toEqual({ ...settled, check: 'running' });
    expect(running!.verdict).toBe('exhaustive');
  });
});

describe('every interleaving of updates through middle values', () => {
  it.each([
    ['batch=2,middle=4', 2, 1, 1, 1],
    ['batch=2,middle=4', 2, 1, 2, 1],
    ['batch=2,middle=5', 1, 1, 3, 1],
    ['batch=2,middle=5', 2, 2, 2, 1],
    ['batch=2,middle=5', 1, 1, 2, 3],
    ['batch=3,middle=7', 2, 1, 2, 2],
    ['batch=3,middle=4', 2, 1, 2, 1],
    ['batch=3,middle=2', 2, 1, 3, 1],
    ['batch=3,middle=3', 2, 1, 2, 2],
    ['batch=1,middle=4', 2, 1, 2, 2],
    ['batch=1,middle=1', 2, 1, 3, 1],
    ['batch=1,middle=3', 3, 2, 2, 1],
  ])(
    '%s, %i CPUs in %i nodes, %i at once of %i pages',
    async (keys, cpus, nodes, updates, pages) => {
      const { checks } = await verified(`two-level:${keys}`, cpus, updates, pages, nodes);
      for (const { verdict, found, exact, witness } of checks) {
        expect(verdict).toBe('exhaustive');
        expect(found).toEqual(exact);
        // Where nothing is held back when all is settled there is no witness of that.
        expect({ under: witness.under ?? 0, over: witness.over ?? 0 }).toEqual(exact);
      }
    },
  );

  it('on a machine too large: the worst schedule attains, random ones do not pass', async () => {
    const { checks } = await verified('two-level', 250, 3, 1, 2);
    // 250 · 31 + 2 · 1,023, and 2 · 992 + 5 · 32 + 1 of updates in flight.
    expect(checks[0]).toMatchObject({ exact: { under: 9796, over: 9796 }, verdict: 'attained' });
    expect(checks[1]).toMatchObject({
      exact: { under: 11_941, over: 11_941 },
      witness: { under: 11_941, over: 11_941 },
      verdict: 'attained',
    });
  });
});
