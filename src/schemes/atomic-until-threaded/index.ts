/**
 * Two schemes that are exact until a second thread: clone() with CLONE_THREAD makes all four counters per-CPU.
 * Before, atomic-until-threaded is one atomic a member: RFC v2 of 18 April 2024 (Peng Zhang; in openEuler's
 * kernel, not merged). Lazy is a plain count of its own, and an atomic one for others' updates: RFC of 27
 * November 2025 (Gabriel Krisman Bertazi; not merged).
 */
import { percpuCounterBatch } from '../../kernel/batches.ts';
import { PERCPU_COUNTER, PERCPU_COUNTER_LOCAL } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { largerSide, type MachineSize, machineSize, NO_EXTRA } from '../bound.ts';
import { type BatchParameters, COMPUTED_BATCH, type SpecOf } from '../parameters.ts';
import { HELD_BY_CPUS, memoryOf, type Scheme } from '../scheme.ts';
import { statedUntilThreaded, worstCaseUntilThreaded } from './bound.ts';
import { createUntilThreadedCounters } from './counters.ts';

const parameters = { batch: COMPUTED_BATCH };

type Spec<Name extends string> = SpecOf<Name, typeof parameters>;

/** What each has of its own. */
interface Own<Name extends string>
  extends Pick<Scheme<Spec<Name>>, 'name' | 'colour' | 'statesText' | 'loadCost'> {
  /** Where it is proposed, and the file that its layout is in. */
  readonly source: string;
  readonly header: string;
}

/** The parameter, or what the kernel computes. */
function batchOn({ onlineCpus }: MachineSize, { batch }: BatchParameters): number {
  return batch ?? percpuCounterBatch(onlineCpus);
}

/** The facts that both have in common. */
function untilThreaded<Name extends string>(own: Own<Name>): Scheme<Spec<Name>> {
  const { name, colour, statesText, loadCost, source, header } = own;
  return {
    name,
    aliases: [],
    parameters,
    isDefault: false,
    colour,
    kernels: 'proposed',
    createCounters: createUntilThreadedCounters,

    statedBound: (spec, size, threads) =>
      statedUntilThreaded(threads, size.onlineCpus, batchOn(size, spec), source),
    worstCase: (spec, topology, { cpus, threads }) =>
      worstCaseUntilThreaded(threads, cpus.length, batchOn(machineSize(topology), spec)),
    worstCasePrefixes(spec, topology, { cpus, threads }) {
      const batch = batchOn(machineSize(topology), spec);
      return Float64Array.from(cpus, (_, i) =>
        largerSide(worstCaseUntilThreaded(threads, i + 1, batch)),
      );
    },
    denseWorstCase: (spec, threads) => (size) =>
      worstCaseUntilThreaded(threads, size.onlineCpus, batchOn(size, spec)),
    heldBy: { ...HELD_BY_CPUS, byThreads: true },
    hasIndependentMembers: true,
    isBoundedSerialisedOnly: false,
    boundsStream: (_, { withinOnline }) => withinOnline,
    // With one thread an add is one step, afterwards as with per-CPU counters.
    inFlightExtra: () => NO_EXTRA,

    holding(spec, topology, cpus, threads) {
      const cells = { kind: 'cells', isShared: false } as const;
      if (threads < 2) return { ...cells, cpus: cpus.subarray(0, 1), batch: 1 };
      return { ...cells, cpus, batch: batchOn(machineSize(topology), spec), threads: 2 };
    },
    statesText,
    levels: () => null,

    memory: (_, { possibleCpus }, threads) =>
      memoryOf(`${source}, ${header}`, {
        mmStruct: NR_MEMBERS * PERCPU_COUNTER,
        perCpu: threads < 2 ? 0 : NR_MEMBERS * PERCPU_COUNTER_LOCAL * possibleCpus,
      }),
    // None before the second thread, whose clone() fails where there is no memory.
    allocations: (_, __, grouped, threads) =>
      threads < 2 ? [] : [{ what: 'counters', from: 'perCpu', eachMember: !grouped }],
    // Of a process with threads; with one it is the reading.
    preciseSum: (_, { online }) => ({ reads: 1 + online.length, locks: 1 }),
    hasOwnLine: true,
    sharedTouch: ['atomic', 'locked'],
    loadCost,
  };
}

const loadCosts = () => import('./cost.ts');

export const atomicUntilThreaded = untilThreaded({
  name: 'atomic-until-threaded',
  colour: '#56B4E9',
  source: 'RFC v2 of 18 April 2024',
  // The atomic is in the place of the count.
  header: 'include/linux/percpu_counter.h',
  statesText:
    "With one thread the count is exact; then each CPU's count is a state, and the error is minus their sum.",
  loadCost: async () => ({ createCostCounters: (await loadCosts()).createAtomicCost }),
});

export const lazy = untilThreaded({
  name: 'lazy',
  colour: '#CC79A7',
  source: 'RFC of 27 November 2025',
  // The low bit of `remote`, which no pointer has, says lazy: the two share a word.
  header: 'include/linux/lazy_percpu_counter.h',
  statesText:
    "With one thread both counts are read; then each CPU's count is a state, and the error is minus their sum.",
  loadCost: async () => ({ createCostCounters: (await loadCosts()).createLazyCost }),
});
