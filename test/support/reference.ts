/**
 * Schemes once more, one add at a time and in big integers: the oracle of the fast forms. Nothing is
 * shared with src/schemes but the tree's shape.
 */

import fc from 'fast-check';
import { numaSlot, percpuCounterBatch, perNumaBatch } from '../../src/kernel/batches.ts';
import { TREE_MAPPINGS, TREE_VERSIONS, treeShape } from '../../src/kernel/tree-shape.ts';
import type { SchemeName, SchemeSpec, SpecOfScheme } from '../../src/schemes/registry.ts';
import { logicalNumbers } from '../../src/topology/logical-order.ts';
import { lastLevelCaches, nodeOfCpu, type Topology } from '../../src/topology/topology.ts';
import { KIND } from '../../src/update/kinds.ts';
import type { Update } from './updates.ts';

/** One add of an update: its pages, and whether it is a fault of its own (an event). */
export interface Add {
  readonly update: Required<Update>;
  readonly pages: bigint;
}

export interface ReferenceCounters {
  add(add: Add): void;
  reading(member: number): bigint;
  precise(member: number): bigint;
  /** A tree's items from level 1 to the sum; other schemes have none. */
  items?(member: number): bigint[][];
}

const MEMBERS = 4;

/** The adds of an update: a run of n faults is n of one page, everything else one. */
export function addsOfUpdate(update: Update): Add[] {
  const full = { thread: 0, cpu: 0, member: 1, ...update };
  if (update.kind !== KIND.fault) return [{ update: full, pages: BigInt(update.pages) }];
  const sign = update.pages < 0 ? -1n : 1n;
  return Array.from({ length: Math.abs(update.pages) }, () => ({ update: full, pages: sign }));
}

const hasPages = ({ update }: Add) => update.kind < KIND.threadExit;

function atomicReference(): ReferenceCounters {
  const total = new Array<bigint>(MEMBERS).fill(0n);
  return {
    add(add) {
      if (hasPages(add)) total[add.update.member]! += add.pages;
    },
    reading: (member) => total[member]!,
    precise: (member) => total[member]!,
  };
}

/** check_sync_rss_stat() and add_mm_counter_fast(), fault by fault. */
function perThreadReference(): ReferenceCounters {
  const shared = new Array<bigint>(MEMBERS).fill(0n);
  const threads = new Map<number, { events: number; counts: bigint[] }>();
  const threadOf = (id: number) => {
    const thread = threads.get(id) ?? { events: 0, counts: new Array<bigint>(MEMBERS).fill(0n) };
    threads.set(id, thread);
    return thread;
  };
  const sync = (id: number) => {
    const thread = threadOf(id);
    thread.counts.forEach((count, member) => {
      shared[member]! += count;
      thread.counts[member] = 0n;
    });
    thread.events = 0;
  };
  return {
    add({ update, pages }) {
      const thread = threadOf(update.thread);
      const isEvent =
        update.kind === KIND.fault || update.kind === KIND.faultAround || update.kind === KIND.huge;
      if (isEvent && thread.events++ > 64) sync(update.thread);
      if (update.kind === KIND.bulk || update.kind === KIND.threadExit) sync(update.thread);
      const toCache =
        update.kind === KIND.fault ||
        update.kind === KIND.faultAround ||
        update.kind === KIND.eventless;
      if (toCache) thread.counts[update.member]! += pages;
      else if (update.kind < KIND.threadExit) shared[update.member]! += pages;
    },
    reading: (member) => shared[member]!,
    precise: (member) =>
      [...threads.values()].reduce((sum, { counts }) => sum + counts[member]!, shared[member]!),
  };
}

function cellsReference(
  cellOf: (cpu: number) => number,
  batchNow: (online: number) => number,
  onlineAtStart: number,
  foldsOffline: boolean,
): ReferenceCounters {
  const shared = new Array<bigint>(MEMBERS).fill(0n);
  const cells = new Map<string, bigint>();
  let online = onlineAtStart;
  const key = (cell: number, member: number) => `${cell}/${member}`;
  return {
    add({ update, pages }) {
      const { kind, cpu, member } = update;
      if (kind === KIND.cpuOnline) online += 1;
      if (kind === KIND.cpuOffline) {
        online -= 1;
        for (let m = 0; foldsOffline && m < MEMBERS; m++) {
          shared[m]! += cells.get(key(cpu, m)) ?? 0n;
          cells.set(key(cpu, m), 0n);
        }
      }
      if (kind >= KIND.threadExit) return;
      // An add of nothing flushes too where a shrunken batch has been exceeded.
      const held = (cells.get(key(cellOf(cpu), member)) ?? 0n) + pages;
      const magnitude = held < 0n ? -held : held;
      if (magnitude >= BigInt(batchNow(online))) {
        shared[member]! += held;
        cells.set(key(cellOf(cpu), member), 0n);
      } else {
        cells.set(key(cellOf(cpu), member), held);
      }
    },
    reading: (member) => shared[member]!,
    precise: (member) => {
      let sum = shared[member]!;
      for (const [name, held] of cells) if (name.endsWith(`/${member}`)) sum += held;
      return sum;
    },
  };
}

/** Cells and middle values, one add at a time; a CPU's group is its node's place, or its cache's. */
function twoLevelReference(
  topology: Topology,
  { batch, middle, group }: SpecOfScheme<'two-level'>,
): ReferenceCounters {
  const sets =
    group === 'node' ? topology.numaNodes.map(({ cpus }) => cpus) : [...lastLevelCaches(topology)];
  const groups = new Map(sets.flatMap((cpus, i) => Array.from(cpus, (cpu) => [cpu, i] as const)));
  const groupOf = (cpu: number) => groups.get(cpu) ?? 0;
  const counts = new Map<string, bigint>();
  const take = (key: string) => {
    const count = counts.get(key) ?? 0n;
    counts.set(key, 0n);
    return count;
  };
  const magnitude = (x: bigint) => (x < 0n ? -x : x);
  /** Puts pages in a count; what reaches its batch comes back. */
  const put = (key: string, pages: bigint, limit: number) => {
    const sum = take(key) + pages;
    if (magnitude(sum) >= BigInt(limit)) return sum;
    counts.set(key, sum);
    return 0n;
  };
  const give = (member: number, pages: bigint) =>
    counts.set(`${member}/shared`, (counts.get(`${member}/shared`) ?? 0n) + pages);
  return {
    add({ update, pages }) {
      const { kind, cpu, member } = update;
      for (let m = 0; kind === KIND.cpuOffline && m < MEMBERS; m++)
        give(m, take(`${m}/cpu/${cpu}`));
      if (kind >= KIND.threadExit) return;
      const spilt = put(`${member}/cpu/${cpu}`, pages, batch);
      if (spilt === 0n) return;
      give(member, put(`${member}/group/${groupOf(cpu)}`, spilt, middle));
    },
    reading: (member) => counts.get(`${member}/shared`) ?? 0n,
    precise: (member) =>
      [...counts].reduce((sum, [key, n]) => (key.startsWith(`${member}/`) ? sum + n : sum), 0n),
  };
}

/**
 * The carry as bit operations decide it: the whole steps of the increment, towards zero, and one
 * more where the parity of the step's bit shows that the rest crossed a multiple.
 */
export function carryByParity(before: bigint, increment: bigint, step: bigint): bigint {
  const after = before + increment;
  const magnitude = increment < 0n ? -increment : increment;
  const sign = increment < 0n ? -1n : 1n;
  const whole = sign * (magnitude - (magnitude % step));
  const crossed = ((whole ^ before ^ after) & step) !== 0n;
  return crossed ? whole + sign * step : whole;
}

function treeReference(topology: Topology, spec: SpecOfScheme<'tree'>): ReferenceCounters {
  const shape = treeShape(topology.nrCpuIds, spec);
  const isLong = spec.version !== 2 && spec.version !== 4;
  const wrap = isLong ? (x: bigint) => x : (x: bigint) => BigInt.asIntN(32, x);
  const logical = spec.mapping === 'logical' ? logicalNumbers(topology) : null;
  const counts = new Map<string, bigint>();
  const get = (key: string) => counts.get(key) ?? 0n;
  return {
    add(add) {
      if (!hasPages(add)) return;
      const { cpu, member } = add.update;
      const number = logical === null ? cpu : logical[cpu]!;
      let increment = add.pages;
      for (let level = 0; level < shape.nrLevels; level++) {
        const items = level === 0 ? 2 ** shape.order : shape.levelItems[level - 1]!;
        const leavesPerItem = 2 ** shape.order / items;
        const item =
          spec.mapping === 'kernel' ? number % items : Math.floor(number / leavesPerItem);
        const key = `${member}/${level}/${level === 0 ? cpu : item}`;
        const step = BigInt(shape.levelBatches[level]!);
        if (isLong && level > 0 && increment % step === 0n) continue;
        const before = get(key);
        counts.set(key, wrap(before + increment));
        increment = carryByParity(before, increment, step);
        if (increment === 0n) return;
      }
      if (shape.nrLevels === 0)
        counts.set(`${member}/0/${cpu}`, wrap(get(`${member}/0/${cpu}`) + increment));
      const sum = `${member}/sum`;
      counts.set(sum, wrap(get(sum) + increment));
    },
    reading: (member) => get(`${member}/sum`),
    items: (member) =>
      shape.levelItems.map((count, i) =>
        Array.from({ length: count }, (_, item) =>
          get(i + 1 === shape.nrLevels ? `${member}/sum` : `${member}/${i + 1}/${item}`),
        ),
      ),
    precise: (member) => {
      let sum = 0n;
      for (const [key, count] of counts) if (key.startsWith(`${member}/0/`)) sum += count;
      return wrap(sum);
    },
  };
}

/** One count, and from a second thread on per-CPU counters beside it. */
function untilThreadedReference(topology: Topology, batch: number | null): ReferenceCounters {
  const alone = new Array<bigint>(MEMBERS).fill(0n);
  const threads = new Set<number>();
  let online = topology.online.length;
  let perCpu: ReferenceCounters | null = null;
  return {
    add(add) {
      const { kind, thread, member } = add.update;
      const isOwn = hasPages(add) && kind !== KIND.remote;
      if (isOwn || kind === KIND.threadStart) threads.add(thread);
      if (threads.size > 1) {
        perCpu ??= cellsReference(
          (cpu) => cpu,
          (now) => batch ?? percpuCounterBatch(now),
          online,
          true,
        );
        perCpu.add(add);
        return;
      }
      if (kind === KIND.cpuOnline) online += 1;
      if (kind === KIND.cpuOffline) online -= 1;
      if (hasPages(add)) alone[member]! += add.pages;
    },
    reading: (member) => alone[member]! + (perCpu?.reading(member) ?? 0n),
    precise: (member) => alone[member]! + (perCpu?.precise(member) ?? 0n),
  };
}

/** Cells of the threads that run; what is read of them are the cells of CPUs that run one now. */
function stashReference({ read, cap }: SpecOfScheme<'stash'>): ReferenceCounters {
  const shared = new Array<bigint>(MEMBERS).fill(0n);
  const running = new Map<number, { thread: number; cells: bigint[] }>();
  const switchOut = (cpu: number) => {
    running.get(cpu)?.cells.forEach((held, member) => {
      shared[member]! += held;
    });
    running.delete(cpu);
  };
  const leave = (thread: number, but: number | null) => {
    for (const [cpu, runs] of running) if (runs.thread === thread && cpu !== but) switchOut(cpu);
  };
  const withCells = (member: number) =>
    [...running.values()].reduce((sum, { cells }) => sum + cells[member]!, shared[member]!);
  return {
    add(add) {
      const { kind, thread, cpu, member } = add.update;
      if (kind === KIND.threadExit) leave(thread, null);
      if (kind === KIND.switchOut || kind === KIND.cpuOffline) switchOut(cpu);
      if (!hasPages(add)) return;
      if (kind === KIND.remote) {
        shared[member]! += add.pages;
        return;
      }
      leave(thread, cpu);
      const cells = running.get(cpu)?.cells ?? new Array<bigint>(MEMBERS).fill(0n);
      running.set(cpu, { thread, cells });
      cells[member]! += add.pages;
      const held = cells[member]!;
      if (cap === null || (held < 0n ? -held : held) < BigInt(cap)) return;
      shared[member]! += held;
      cells[member] = 0n;
    },
    reading: (member) => (read === 'shared' ? shared[member]! : withCells(member)),
    precise: withCells,
  };
}

interface Reference<Spec> {
  /** Every kind of variant. */
  readonly variants: fc.Arbitrary<Spec>;
  create(topology: Topology, spec: Spec): ReferenceCounters;
}

const batch = fc.option(fc.integer({ min: 1, max: 600 }));

/** All that tests have to know of a scheme to hold it to its oracle; arities cover 128 CPUs. */
const REFERENCES: { readonly [Name in SchemeName]: Reference<SpecOfScheme<Name>> } = {
  atomic: {
    variants: fc.constant({ scheme: 'atomic' }),
    create: atomicReference,
  },
  'per-thread': {
    variants: fc.constant({ scheme: 'per-thread' }),
    create: perThreadReference,
  },
  'per-cpu': {
    variants: fc.record({
      scheme: fc.constant('per-cpu' as const),
      batch,
      kernel: fc.constantFrom(undefined, '6.2', '6.3.1', '6.6', '6.12.39', '7.0'),
    }),
    create: ({ online }, spec) =>
      cellsReference(
        (cpu) => cpu,
        (nrOnline) => spec.batch ?? percpuCounterBatch(nrOnline),
        online.length,
        true,
      ),
  },
  'per-numa': {
    variants: fc.record({ scheme: fc.constant('per-numa' as const), batch }),
    create(topology, spec) {
      const nodeOf = nodeOfCpu(topology);
      const slotBatch = spec.batch ?? perNumaBatch(topology.possible.length);
      return cellsReference(
        (cpu) => numaSlot(nodeOf[cpu]!),
        () => slotBatch,
        0,
        false,
      );
    },
  },
  tree: {
    variants: fc.record({
      scheme: fc.constant('tree' as const),
      batch: fc.constantFrom(2, 4, 8, 32, 512),
      version: fc.constantFrom(...TREE_VERSIONS),
      arities: fc.option(
        fc.constantFrom([128], [2, 64], [4, 4, 8], [2, 2, 2, 2, 2, 2, 2], [8, 16]),
      ),
      mapping: fc.constantFrom(...TREE_MAPPINGS),
    }),
    create: treeReference,
  },
  lazy: {
    variants: fc.record({ scheme: fc.constant('lazy' as const), batch }),
    create: (topology, spec) => untilThreadedReference(topology, spec.batch),
  },
  'atomic-until-threaded': {
    variants: fc.record({ scheme: fc.constant('atomic-until-threaded' as const), batch }),
    create: (topology, spec) => untilThreadedReference(topology, spec.batch),
  },
  stash: {
    variants: fc.record({
      scheme: fc.constant('stash' as const),
      read: fc.constantFrom('running' as const, 'shared' as const),
      cap: batch,
    }),
    create: (_, spec) => stashReference(spec),
  },
  'two-level': {
    variants: fc.record({
      scheme: fc.constant('two-level' as const),
      batch: fc.integer({ min: 1, max: 40 }),
      middle: fc.integer({ min: 1, max: 600 }),
      group: fc.constant('node' as const),
    }),
    create: twoLevelReference,
  },
};

/** Every scheme and every kind of variant. */
export const schemeSpec: fc.Arbitrary<SchemeSpec> = fc.oneof(
  ...Object.values<{ readonly variants: fc.Arbitrary<SchemeSpec> }>(REFERENCES).map(
    ({ variants }) => variants,
  ),
);

export function createReference(topology: Topology, spec: SchemeSpec): ReferenceCounters {
  const reference: Reference<SchemeSpec> = REFERENCES[spec.scheme];
  return reference.create(topology, spec);
}
