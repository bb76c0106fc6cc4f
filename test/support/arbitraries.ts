/** fast-check arbitraries of machines and streams of updates. */
import fc from 'fast-check';
import { validateTopology } from '../../src/topology/read-document.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { KIND } from '../../src/update/kinds.ts';
import type { Update } from './updates.ts';

/** Machines of 1 to 70 CPUs over sparse node ids, node 32 among them, with cores of two. */
export const machine: fc.Arbitrary<Topology> = fc
  .record({
    nrCpus: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 70 })),
    nodeIds: fc.uniqueArray(fc.constantFrom(0, 1, 3, 31, 32, 33, 64), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ nrCpus, nodeIds }) => {
    const members = nodeIds.map((id, place) => {
      const cpus = Array.from({ length: nrCpus }, (_, cpu) => cpu);
      return { id, cpus: cpus.filter((cpu) => cpu % nodeIds.length === place).join(',') };
    });
    const half = Math.ceil(nrCpus / 2);
    const cores = Array.from({ length: half }, (_, core) =>
      core + half < nrCpus ? `${core},${core + half}` : `${core}`,
    );
    return validateTopology({
      name: 'random',
      cpus: { possible: `0-${nrCpus - 1}` },
      cores,
      numaNodes: members,
    });
  });

export interface StreamOptions {
  /** Kinds that may occur. */
  readonly kinds: readonly number[];
  /** Largest magnitude of an update's pages, by kind. */
  readonly pages: (kind: number) => { min: number; max: number };
  readonly maxLength: number;
}

/** Of several members, or of one alone. */
const membersOfStream = fc.oneof(
  fc.constant([0, 1, 2, 3]),
  fc.nat(3).map((only) => [only]),
);

/** Of four threads, or of one. */
const threadsOfStream = fc.oneof(
  fc.constant([0, 1, 2, 3]),
  fc.nat(3).map((only) => [only]),
);

const ALL_KINDS: StreamOptions = {
  kinds: Object.values(KIND),
  pages: (kind) => (kind === KIND.fault ? { min: -300, max: 300 } : { min: -5000, max: 5000 }),
  maxLength: 60,
};

/**
 * Streams of updates over a machine's CPUs and 4 threads. CPUs only go off-line when they are
 * on-line and not the last, updates with pages only run on on-line CPUs.
 */
export function stream(
  topology: Topology,
  options: StreamOptions = ALL_KINDS,
): fc.Arbitrary<Update[]> {
  const update = (members: readonly number[], threads: readonly number[]) =>
    fc.constantFrom(...options.kinds).chain((kind) =>
      fc.record({
        kind: fc.constant(kind),
        thread: fc.constantFrom(...threads),
        cpu: fc.constantFrom(...topology.online),
        member: fc.constantFrom(...members),
        pages: kind < KIND.threadExit ? fc.integer(options.pages(kind)) : fc.constant(0),
      }),
    );
  const updates = fc
    .tuple(membersOfStream, threadsOfStream)
    .chain(([members, threads]) =>
      fc.array(update(members, threads), { maxLength: options.maxLength }),
    );
  return updates.map((updates) => {
    const online = new Set(topology.online);
    return updates.filter(({ kind, cpu }) => {
      if (kind === KIND.cpuOffline) return online.size > 1 && online.delete(cpu);
      if (kind !== KIND.cpuOnline) return online.has(cpu) || kind === KIND.threadExit;
      return !online.has(cpu) && online.add(cpu).size > 0;
    });
  });
}

/**
 * Streams in which counts stand near a batch that then shrinks, as CPUs go off-line: single adds to
 * every CPU, departures of all but two, and runs and single adds on those.
 */
export function shrinkingStream(topology: Topology): fc.Arbitrary<Update[]> {
  const online = Array.from(topology.online);
  const full = 2 * online.length - 1;
  const kept = online.slice(0, 2);
  const filling = fc.tuple(
    ...online.map((cpu) =>
      fc
        .integer({ min: -full, max: full })
        .map((pages): Update => ({ kind: KIND.remote, cpu, pages })),
    ),
  );
  const leaving = online
    .filter((cpu) => !kept.includes(cpu))
    .map((cpu): Update => ({ kind: KIND.cpuOffline, cpu, pages: 0 }));
  const after = fc.record({
    kind: fc.constantFrom(KIND.fault, KIND.fault, KIND.remote),
    cpu: fc.constantFrom(...kept),
    pages: fc.integer({ min: -300, max: 300 }),
  });
  return fc
    .tuple(filling, fc.array(after, { minLength: 1, maxLength: 10 }))
    .map(([first, last]) => [...first, ...leaving, ...last]);
}
