/** Conservation: whatever processes do, each ends with every precise sum at zero, under every scheme. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLiving } from '../../src/commands/processes/carry-out.ts';
import { keepMms } from '../../src/commands/processes/keep-mms.ts';
import { processes } from '../../src/commands/processes/processes.ts';
import { createTraceLines } from '../../src/commands/processes/trace-lines.ts';
import type { SchemeSpec } from '../../src/schemes/registry.ts';
import { PAGE_SIZES } from '../../src/units.ts';
import type { LifeStep } from '../../src/workload/lives/life-step.ts';
import type { ProcessWorkload } from '../../src/workload/lives/process-workload.ts';
import type { Policy } from '../../src/workload/registry.ts';
import { machine } from '../support/arbitraries.ts';
import { schemeSpec } from '../support/reference.ts';

const PROGRAM = { name: 'p', stackPages: 3, textPages: 0, dataPages: 0, writtenPages: 0 };

/** What a random process may do with its memory: an index into these and some numbers. */
const DEEDS = [
  'fork',
  'exec',
  'clone',
  'map',
  'touch',
  'write',
  'swap-out',
  'swap-in',
  'unmap',
  'thread-exit',
  'exit',
] as const;

interface Deed {
  readonly does: (typeof DEEDS)[number];
  readonly whose: number;
  readonly what: number;
  readonly pages: number;
  readonly cpu: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  does: fc.constantFrom(...DEEDS),
  whose: fc.nat(),
  what: fc.nat(),
  pages: fc.integer({ min: 1, max: 1500 }),
  cpu: fc.nat(),
});

interface Alive {
  readonly process: number;
  regions: number[];
  threads: number[];
}

const BACKINGS = ['anon', 'text', 'data', 'shmem'] as const;

/** Valid steps of random deeds: grandchildren, execs of execs, threads; at the end all exit. */
function* stepsOf(deeds: readonly Deed[], cpus: ArrayLike<number>): Generator<LifeStep> {
  let next = 1;
  let region = 1;
  const alive: Alive[] = [{ process: 0, regions: [0], threads: [0] }];
  const cpuOf = (n: number) => cpus[n % cpus.length]!;
  yield { does: 'start', process: 0, thread: 0, cpu: cpuOf(0), program: PROGRAM };
  for (const { does, whose, what, pages, cpu: n } of deeds) {
    const actor = alive[whose % Math.max(1, alive.length)];
    if (actor === undefined) break;
    const { process } = actor;
    const thread = actor.threads[what % actor.threads.length]!;
    const at = { process, thread, cpu: cpuOf(n) };
    const of = actor.regions[what % Math.max(1, actor.regions.length)];
    switch (does) {
      case 'fork': {
        const failure = what % 5 === 0 ? (what * 7919) % 2 ** 32 : null;
        yield { does, process: next, parent: process, thread, cpu: cpuOf(n), failure };
        if (failure === null)
          alive.push({ process: next, regions: [...actor.regions], threads: [0] });
        next += 1;
        break;
      }
      case 'exec':
        if (actor.threads.length > 1) break;
        yield { does, ...at, program: PROGRAM };
        actor.regions = [0];
        break;
      case 'clone':
        yield { does, ...at, thread: Math.max(...actor.threads) + 1, task: next };
        actor.threads.push(Math.max(...actor.threads) + 1);
        next += 1;
        break;
      case 'map':
        yield { does, ...at, region, backing: BACKINGS[what % 4]!, pages, huge: what % 12 === 0 };
        actor.regions.push(region);
        region += 1;
        break;
      case 'thread-exit':
        if (thread === 0) break;
        yield { does, ...at };
        actor.threads = actor.threads.filter((other) => other !== thread);
        break;
      case 'exit':
        if (actor.threads.length > 1 || process === 0) break;
        yield { does, ...at };
        alive.splice(alive.indexOf(actor), 1);
        break;
      case 'unmap':
        if (of === undefined) break;
        yield { does, ...at, region: of };
        actor.regions = actor.regions.filter((other) => other !== of);
        break;
      default:
        if (of === undefined) break;
        yield { does, ...at, region: of, pages };
    }
  }
  for (const { process, threads } of alive) {
    for (const thread of threads.slice(1))
      yield { does: 'thread-exit', process, thread, cpu: cpuOf(thread) };
    yield { does: 'exit', process, thread: 0, cpu: cpuOf(process) };
  }
}

const schemes = fc
  .array(schemeSpec, { minLength: 1, maxLength: 4 })
  .map((specs): SchemeSpec[] => [{ scheme: 'atomic' }, { scheme: 'per-thread' }, ...specs]);

describe('random lives', () => {
  it('end with every member of every mm at zero, and every allocation freed', () => {
    fc.assert(
      fc.property(
        machine,
        schemes,
        fc.array(deed, { maxLength: 60 }),
        fc.constantFrom(...PAGE_SIZES),
        (topology, specs, deeds, pageSize) => {
          const trace = createTraceLines('perf', pageSize);
          const keeping = keepMms(topology, specs, trace);
          const carryOut = createLiving(keeping.keeper, pageSize);
          for (const step of stepsOf(deeds, topology.online)) carryOut(step);
          const { census, observation } = keeping;
          expect(census.inUse).toBe(0);
          expect(census.checked).toBe(census.inits - census.failed);
          for (const { bad, allocated, rolledBack, freed } of census.schemes) {
            expect({ bad, leaked: allocated - rolledBack - freed }).toEqual({ bad: 0, leaked: 0 });
          }
          // The exact scheme is never wrong: the truth that errors are measured against is the sum.
          for (const { under, over } of observation.errors[0]!.raw) {
            expect([under.pages, over.pages]).toEqual([0, 0]);
          }
          // As the trace tells it: every mm's sizes come back to 0 and are never below.
          const sizes = new Map<string, number>();
          for (const [, mm, type, size] of trace
            .take()
            .matchAll(/mm_id=(\d+) .*type=(\w+) size=(-?\d+)B/g)) {
            if (Number(size) < 0) expect.fail(`${mm} ${type}: ${size} bytes`);
            sizes.set(`${mm} ${type}`, Number(size));
          }
          expect([...sizes].filter(([, size]) => size !== 0)).toEqual([]);
          // An mm takes the place, and so the mm_id, of one that has ended, if there is one.
          const mmIds = new Set([...sizes.keys()].map((key) => key.split(' ')[0]));
          expect(mmIds.size).toBeLessThanOrEqual(census.mostInUse);
        },
      ),
      { numRuns: 120 },
    );
  });
});

const policy: fc.Arbitrary<Policy> = fc.oneof(
  fc.constantFrom<Policy>({ name: 'uniform' }, { name: 'round-robin' }, { name: 'pinned' }),
  fc.integer({ min: 1, max: 50 }).map((meanRun): Policy => ({ name: 'sticky', meanRun })),
);

const workload: fc.Arbitrary<Omit<ProcessWorkload, 'cpus'>> = fc.record({
  processes: fc.integer({ min: 1, max: 6 }),
  jobs: fc.integer({ min: 1, max: 8 }),
  jobPages: fc.record({
    min: fc.integer({ min: 1, max: 50 }),
    max: fc.integer({ min: 50, max: 900 }),
  }),
  servers: fc.integer({ min: 0, max: 2 }),
  threads: fc.integer({ min: 1, max: 5 }),
  operations: fc.integer({ min: 1, max: 80 }),
  serverPages: fc.integer({ min: 1, max: 900 }),
  reclaimPerMillion: fc.integer({ min: 0, max: 500_000 }),
  failPerMillion: fc.integer({ min: 0, max: 500_000 }),
  policy,
  mappingPages: fc.record({ min: fc.constant(1), max: fc.integer({ min: 1, max: 700 }) }),
  hugePerMillion: fc.constantFrom(0, 300_000),
  seed: fc.nat(),
});

describe('random workloads', () => {
  it('end with nothing left, within every bound, and the same of the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(machine, schemes, workload, async (topology, given, shape) => {
        // Two schemes of one name make no difference here.
        const request = {
          version: '0.0.0',
          topology,
          pageSize: topology.pageSize,
          schemes: given,
          preset: 'mixed' as const,
          workload: { ...shape, cpus: topology.online },
          trace: null,
        };
        const result = await processes(request, () => undefined);
        expect(result.mms.inits).toBe(result.schemes[0]!.checkMm.checked + result.mms.failed);
        expect(result.schemes.map(({ checkMm }) => checkMm.bad)).toEqual(given.map(() => 0));
        expect(await processes(request, () => undefined)).toEqual(result);
      }),
      { numRuns: 30 },
    );
  });
});
